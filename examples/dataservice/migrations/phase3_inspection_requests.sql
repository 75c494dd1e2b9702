-- rung:revision phase3
-- rung:parents phase2
-- rung:message DataService V2 Sprint-2, phase 3: inspection requests

-- rung:up
-- Who asked to see their FERPA-covered records: as long as a request is open nothing of it may be
-- destroyed (34 CFR 99.10(e)). rung.yaml holds these rows.
CREATE TABLE IF NOT EXISTS ds_inspection_requests (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES ds_users(id),
    requested_at TIMESTAMP NOT NULL DEFAULT NOW(),
    answered_at TIMESTAMP
);

CREATE INDEX IF NOT EXISTS ix_ds_inspection_requests_open
    ON ds_inspection_requests(user_id) WHERE answered_at IS NULL;

-- Foreign keys of phase 1 without an index, and the ages that retention goes by: each row that goes
-- would be a look at the whole table.
CREATE INDEX IF NOT EXISTS ix_ds_events_user ON ds_events(user_id);
CREATE INDEX IF NOT EXISTS ix_ds_uploads_deleted ON ds_uploads(deleted_at) WHERE is_deleted;
CREATE INDEX IF NOT EXISTS ix_ds_ledgers_created ON ds_ledgers(created_at);
CREATE INDEX IF NOT EXISTS ix_ds_ledger_entries_created ON ds_ledger_entries(created_at);

-- rung:down
DROP INDEX IF EXISTS ix_ds_ledger_entries_created;
DROP INDEX IF EXISTS ix_ds_ledgers_created;
DROP INDEX IF EXISTS ix_ds_uploads_deleted;
DROP INDEX IF EXISTS ix_ds_events_user;
DROP INDEX IF EXISTS ix_ds_inspection_requests_open;
DROP TABLE IF EXISTS ds_inspection_requests;

-- rung:check uses-index=ix_ds_inspection_requests_open an open request of a user is found by index
SELECT requested_at
FROM ds_inspection_requests
WHERE user_id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11' AND answered_at IS NULL;
