-- rung:revision 20251215T100000
-- rung:parents 20251201T090000
-- rung:message add deletion_requested_at to users

-- rung:up
ALTER TABLE users
ADD COLUMN deletion_requested_at TIMESTAMP WITH TIME ZONE NULL;

COMMENT ON COLUMN users.deletion_requested_at IS
'Timestamp when account deletion was requested (for 30-day grace period)';

-- Holds pending requests only, so it stays small however many users there are.
CREATE INDEX idx_users_deletion_requested
ON users(deletion_requested_at)
WHERE deletion_requested_at IS NOT NULL;

-- The flag knows no date; the row's last change is the nearest that is known.
UPDATE users
SET deletion_requested_at = updated_at
WHERE is_deleted = TRUE AND deletion_requested_at IS NULL;

-- rung:down
DROP INDEX IF EXISTS idx_users_deletion_requested;

ALTER TABLE users DROP COLUMN deletion_requested_at;

-- rung:check postgresql deletion_requested_at is a nullable timestamp with time zone
SELECT count(*) = 1
FROM information_schema.columns
WHERE table_schema = current_schema()
  AND table_name = 'users'
  AND column_name = 'deletion_requested_at'
  AND data_type = 'timestamp with time zone'
  AND is_nullable = 'YES';

-- rung:check sqlite deletion_requested_at is a nullable timestamp with time zone
SELECT count(*) = 1
FROM pragma_table_info('users')
WHERE name = 'deletion_requested_at'
  AND type = 'TEXT'
  AND "notnull" = 0
  AND dflt_value IS NULL;

-- rung:check postgresql the column says what it is for
SELECT col_description('users'::regclass, attnum)
       = 'Timestamp when account deletion was requested (for 30-day grace period)'
FROM pg_attribute
WHERE attrelid = 'users'::regclass AND attname = 'deletion_requested_at';

-- rung:check postgresql the index holds pending requests only
SELECT pg_get_expr(indpred, indrelid) = '(deletion_requested_at IS NOT NULL)'
FROM pg_index
WHERE indexrelid = 'idx_users_deletion_requested'::regclass;

-- rung:check sqlite the index holds pending requests only
SELECT partial
FROM pragma_index_list('users')
WHERE name = 'idx_users_deletion_requested';

-- rung:check uses-index=idx_users_deletion_requested the daily cleanup uses the index
SELECT id, email
FROM users
WHERE deletion_requested_at < (NOW() - INTERVAL '30 days');

-- rung:check postgresql uses-index=users_pkey the sign-in check uses the primary key
SELECT deletion_requested_at FROM users WHERE id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11';

-- rung:check sqlite uses-index=sqlite_autoindex_users_1 the sign-in check uses the primary key
SELECT deletion_requested_at FROM users WHERE id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11';

-- rung:check none: every account with the old flag has a date
SELECT id FROM users WHERE is_deleted = TRUE AND deletion_requested_at IS NULL;
