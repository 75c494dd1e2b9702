-- Orders that are carried out once, and answers that are given again, in a PostgreSQL database.

-- An erasure of several subjects, or an export of one. `key` is gone once the export is made.
CREATE TABLE IF NOT EXISTS rung.work_order (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('erase', 'export')),
    subject text NOT NULL,
    subject_hash text,
    key text,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    detached integer NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 1,
    done bigint NOT NULL DEFAULT 0,
    export bigint,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    ordered_by text NOT NULL,
    problem text
);
CREATE UNIQUE INDEX IF NOT EXISTS work_order_export ON rung.work_order (subject_hash)
    WHERE kind = 'export' AND state IN ('queued', 'running');
CREATE INDEX IF NOT EXISTS work_order_open ON rung.work_order (created_at) WHERE state IN ('queued', 'running');

-- The requests that an order to erase waits for.
CREATE TABLE IF NOT EXISTS rung.work_order_item (
    work_order text NOT NULL,
    erasure bigint NOT NULL,
    PRIMARY KEY (work_order, erasure)
);
CREATE INDEX IF NOT EXISTS work_order_item_erasure ON rung.work_order_item (erasure);

-- What was answered to a key of idempotency. Keys and requests stand here as keyed hashes.
CREATE TABLE IF NOT EXISTS rung.answer (
    key_hash text PRIMARY KEY,
    fingerprint text NOT NULL,
    answer text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS answer_created ON rung.answer (created_at);
