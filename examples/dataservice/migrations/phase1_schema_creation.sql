-- rung:revision phase1
-- rung:message DataService V2 Sprint-2, phase 1: tables

-- rung:up
-- Additive: nothing that exists is changed. IF NOT EXISTS lets it run again on a database that has
-- the tables already (from create_tables() in development).

CREATE TABLE IF NOT EXISTS ds_users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email VARCHAR(255) UNIQUE NOT NULL,
    display_name VARCHAR(255),
    status VARCHAR(50) NOT NULL DEFAULT 'pending_verification',
    role VARCHAR(50) NOT NULL DEFAULT 'consumer',
    is_ferpa_covered BOOLEAN NOT NULL DEFAULT FALSE,
    ferpa_consent_date TIMESTAMP,
    profile_data JSONB,
    preferences JSONB,
    last_login_at TIMESTAMP,
    login_count INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    created_by VARCHAR(255),
    updated_by VARCHAR(255),
    is_deleted BOOLEAN NOT NULL DEFAULT FALSE,
    deleted_at TIMESTAMP,
    deleted_by VARCHAR(255)
);

CREATE TABLE IF NOT EXISTS ds_providers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    segment VARCHAR(50) NOT NULL,
    status VARCHAR(50) NOT NULL DEFAULT 'invited',
    contact_email VARCHAR(255) NOT NULL,
    institutional_domain VARCHAR(255) NOT NULL,
    api_key_hash VARCHAR(255) UNIQUE,
    api_key_prefix VARCHAR(20),
    api_key_created_at TIMESTAMP,
    api_key_last_used_at TIMESTAMP,
    is_ferpa_covered BOOLEAN NOT NULL DEFAULT TRUE,
    dpa_signed BOOLEAN NOT NULL DEFAULT FALSE,
    dpa_signed_date TIMESTAMP,
    contract_start_date TIMESTAMP,
    contract_end_date TIMESTAMP,
    monthly_fee FLOAT NOT NULL DEFAULT 0.0,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    created_by VARCHAR(255),
    updated_by VARCHAR(255),
    is_deleted BOOLEAN NOT NULL DEFAULT FALSE,
    deleted_at TIMESTAMP,
    deleted_by VARCHAR(255)
);

CREATE TABLE IF NOT EXISTS ds_uploads (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id UUID NOT NULL REFERENCES ds_users(id),
    filename VARCHAR(500) NOT NULL,
    mime_type VARCHAR(100) NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    is_ferpa_covered BOOLEAN NOT NULL DEFAULT FALSE,
    status VARCHAR(50) NOT NULL DEFAULT 'pending',
    storage_path VARCHAR(1000),
    checksum_sha256 VARCHAR(64),
    processed_at TIMESTAMP,
    processing_error TEXT,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    created_by VARCHAR(255),
    updated_by VARCHAR(255),
    is_deleted BOOLEAN NOT NULL DEFAULT FALSE,
    deleted_at TIMESTAMP,
    deleted_by VARCHAR(255)
);

CREATE TABLE IF NOT EXISTS ds_ledgers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    trace_id UUID UNIQUE NOT NULL,
    description TEXT,
    reference_type VARCHAR(100),
    reference_id UUID,
    validated_at TIMESTAMP,
    is_balanced BOOLEAN NOT NULL DEFAULT FALSE,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
    created_by VARCHAR(255),
    updated_by VARCHAR(255),
    is_deleted BOOLEAN NOT NULL DEFAULT FALSE,
    deleted_at TIMESTAMP,
    deleted_by VARCHAR(255)
);

CREATE TABLE IF NOT EXISTS ds_ledger_entries (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    ledger_id UUID NOT NULL REFERENCES ds_ledgers(id) ON DELETE CASCADE,
    account_type VARCHAR(50) NOT NULL,
    account_code VARCHAR(50) NOT NULL,
    account_name VARCHAR(255),
    amount FLOAT NOT NULL,
    currency VARCHAR(3) NOT NULL DEFAULT 'USD',
    description TEXT,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS ds_events (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type VARCHAR(50) NOT NULL,
    user_id UUID REFERENCES ds_users(id),
    entity_type VARCHAR(100) NOT NULL,
    entity_id UUID NOT NULL,
    action VARCHAR(50) NOT NULL,
    changes JSONB,
    ip_address VARCHAR(45),
    user_agent VARCHAR(500),
    session_id VARCHAR(100),
    is_ferpa_access BOOLEAN NOT NULL DEFAULT FALSE,
    metadata JSONB,
    created_at TIMESTAMP NOT NULL DEFAULT NOW()
);

-- rung:down
-- Deletes all data in these tables. Children go before parents, so no CASCADE is needed; and
-- without it, a view or key of somebody else that still needs a table stops the rollback by name.
DROP TABLE IF EXISTS ds_events;
DROP TABLE IF EXISTS ds_ledger_entries;
DROP TABLE IF EXISTS ds_ledgers;
DROP TABLE IF EXISTS ds_uploads;
DROP TABLE IF EXISTS ds_providers;
DROP TABLE IF EXISTS ds_users;

-- rung:check postgresql Tables Created
SELECT count(*) = 6, count(*), 6
FROM information_schema.tables
WHERE table_schema = current_schema()
  AND table_name IN (
       'ds_users', 'ds_providers', 'ds_uploads',
       'ds_ledgers', 'ds_ledger_entries', 'ds_events');

-- rung:check sqlite Tables Created
SELECT count(*) = 6, count(*), 6
FROM sqlite_schema
WHERE type = 'table'
  AND name IN (
       'ds_users', 'ds_providers', 'ds_uploads',
       'ds_ledgers', 'ds_ledger_entries', 'ds_events');

-- rung:check postgresql Columns
SELECT count(*) = 99, count(*), 99
FROM information_schema.columns
WHERE table_schema = current_schema()
  AND table_name IN (
       'ds_users', 'ds_providers', 'ds_uploads',
       'ds_ledgers', 'ds_ledger_entries', 'ds_events');

-- rung:check sqlite Columns
SELECT count(*) = 99, count(*), 99
FROM sqlite_schema AS s, pragma_table_info(s.name)
WHERE s.type = 'table'
  AND s.name IN (
       'ds_users', 'ds_providers', 'ds_uploads',
       'ds_ledgers', 'ds_ledger_entries', 'ds_events');

-- rung:check postgresql Foreign Keys
SELECT count(*) = 3, count(*), 3
FROM pg_constraint
WHERE contype = 'f'
  AND (conrelid::regclass::text, confrelid::regclass::text, confdeltype) IN (
       ('ds_uploads', 'ds_users', 'a'),
       ('ds_ledger_entries', 'ds_ledgers', 'c'),
       ('ds_events', 'ds_users', 'a'));

-- rung:check sqlite Foreign Keys
SELECT count(*) = 3, count(*), 3
FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
WHERE s.type = 'table'
  AND (s.name, f."table", f.on_delete) IN (VALUES
       ('ds_uploads', 'ds_users', 'NO ACTION'),
       ('ds_ledger_entries', 'ds_ledgers', 'CASCADE'),
       ('ds_events', 'ds_users', 'NO ACTION'));
