-- rung:revision 20251216T090000
-- rung:parents 20251215T100000
-- rung:message create user_deletion_audit

-- rung:up
-- No foreign key: a row here is the proof that an account was deleted, so it must stay when the
-- account goes. user_id is a random UUID that is never given out again, which is all the link
-- that an investigation needs, and it names nobody.
CREATE TABLE user_deletion_audit (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL,
    action VARCHAR(50) NOT NULL,  -- 'requested', 'cancelled', 'completed'
    requested_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    cancelled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW()
);

CREATE INDEX idx_deletion_audit_user ON user_deletion_audit(user_id);

-- rung:down
DROP TABLE user_deletion_audit;

-- rung:check postgresql none: no foreign key lets a deletion reach the audit trail
SELECT conname
FROM pg_constraint
WHERE conrelid = 'user_deletion_audit'::regclass AND contype = 'f';

-- rung:check sqlite none: no foreign key lets a deletion reach the audit trail
SELECT "table", "from" FROM pragma_foreign_key_list('user_deletion_audit');

-- rung:check uses-index=idx_deletion_audit_user one account's trail is found by index
SELECT action, created_at
FROM user_deletion_audit
WHERE user_id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11';
