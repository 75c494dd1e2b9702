-- rung:revision phase2
-- rung:parents phase1
-- rung:message DataService V2 Sprint-2, phase 2: indexes

-- rung:up
-- Users indexes
CREATE INDEX IF NOT EXISTS ix_ds_users_email_status ON ds_users(email, status);
CREATE INDEX IF NOT EXISTS ix_ds_users_role ON ds_users(role);

-- Providers indexes
CREATE INDEX IF NOT EXISTS ix_ds_providers_segment_status ON ds_providers(segment, status);
CREATE INDEX IF NOT EXISTS ix_ds_providers_api_key_prefix ON ds_providers(api_key_prefix);

-- Uploads indexes
CREATE INDEX IF NOT EXISTS ix_ds_uploads_owner_status ON ds_uploads(owner_id, status);
CREATE INDEX IF NOT EXISTS ix_ds_uploads_ferpa ON ds_uploads(is_ferpa_covered);

-- Ledgers indexes
CREATE INDEX IF NOT EXISTS ix_ds_ledgers_trace_id ON ds_ledgers(trace_id);
CREATE INDEX IF NOT EXISTS ix_ds_ledgers_validated ON ds_ledgers(validated_at);
CREATE INDEX IF NOT EXISTS ix_ds_ledgers_reference ON ds_ledgers(reference_type, reference_id);

-- Ledger entries indexes
CREATE INDEX IF NOT EXISTS ix_ds_ledger_entries_ledger_id ON ds_ledger_entries(ledger_id);
CREATE INDEX IF NOT EXISTS ix_ds_ledger_entries_account ON ds_ledger_entries(account_type, account_code);

-- Events indexes
CREATE INDEX IF NOT EXISTS ix_ds_events_entity ON ds_events(entity_type, entity_id);
CREATE INDEX IF NOT EXISTS ix_ds_events_created ON ds_events(created_at);
CREATE INDEX IF NOT EXISTS ix_ds_events_ferpa ON ds_events(is_ferpa_access, created_at);
CREATE INDEX IF NOT EXISTS ix_ds_events_event_type ON ds_events(event_type);

-- rung:down
DROP INDEX IF EXISTS ix_ds_events_event_type;
DROP INDEX IF EXISTS ix_ds_events_ferpa;
DROP INDEX IF EXISTS ix_ds_events_created;
DROP INDEX IF EXISTS ix_ds_events_entity;
DROP INDEX IF EXISTS ix_ds_ledger_entries_account;
DROP INDEX IF EXISTS ix_ds_ledger_entries_ledger_id;
DROP INDEX IF EXISTS ix_ds_ledgers_reference;
DROP INDEX IF EXISTS ix_ds_ledgers_validated;
DROP INDEX IF EXISTS ix_ds_ledgers_trace_id;
DROP INDEX IF EXISTS ix_ds_uploads_ferpa;
DROP INDEX IF EXISTS ix_ds_uploads_owner_status;
DROP INDEX IF EXISTS ix_ds_providers_api_key_prefix;
DROP INDEX IF EXISTS ix_ds_providers_segment_status;
DROP INDEX IF EXISTS ix_ds_users_role;
DROP INDEX IF EXISTS ix_ds_users_email_status;

-- rung:check postgresql Indexes Created
SELECT count(*) = 15, count(*), 15
FROM pg_indexes
WHERE schemaname = current_schema()
  AND indexname IN (
       'ix_ds_users_email_status', 'ix_ds_users_role',
       'ix_ds_providers_segment_status', 'ix_ds_providers_api_key_prefix',
       'ix_ds_uploads_owner_status', 'ix_ds_uploads_ferpa',
       'ix_ds_ledgers_trace_id', 'ix_ds_ledgers_validated',
       'ix_ds_ledgers_reference', 'ix_ds_ledger_entries_ledger_id',
       'ix_ds_ledger_entries_account', 'ix_ds_events_entity',
       'ix_ds_events_created', 'ix_ds_events_ferpa',
       'ix_ds_events_event_type');

-- rung:check sqlite Indexes Created
SELECT count(*) = 15, count(*), 15
FROM sqlite_schema
WHERE type = 'index'
  AND name IN (
       'ix_ds_users_email_status', 'ix_ds_users_role',
       'ix_ds_providers_segment_status', 'ix_ds_providers_api_key_prefix',
       'ix_ds_uploads_owner_status', 'ix_ds_uploads_ferpa',
       'ix_ds_ledgers_trace_id', 'ix_ds_ledgers_validated',
       'ix_ds_ledgers_reference', 'ix_ds_ledger_entries_ledger_id',
       'ix_ds_ledger_entries_account', 'ix_ds_events_entity',
       'ix_ds_events_created', 'ix_ds_events_ferpa',
       'ix_ds_events_event_type');

-- rung:check uses-index=ix_ds_ledger_entries_ledger_id the lines of a ledger are found by index
SELECT account_code, amount, currency
FROM ds_ledger_entries
WHERE ledger_id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11';

-- rung:check uses-index=ix_ds_events_entity the history of a record is found by index
SELECT action, created_at
FROM ds_events
WHERE entity_type = 'ds_uploads' AND entity_id = '5f0c3a52-6d1e-4f43-9f0a-2f6f3f6f9b11';
