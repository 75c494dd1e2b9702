-- Orders that are carried out once, and answers that are given again, in an SQLite database.

-- An erasure of several subjects, or an export of one. `key` is gone once the export is made.
CREATE TABLE IF NOT EXISTS rung_work_order (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('erase', 'export')),
    subject TEXT NOT NULL,
    subject_hash TEXT,
    key TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    detached INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 1,
    done INTEGER NOT NULL DEFAULT 0,
    export INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    ordered_by TEXT NOT NULL,
    problem TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS rung_work_order_export ON rung_work_order (subject_hash)
    WHERE kind = 'export' AND state IN ('queued', 'running');
CREATE INDEX IF NOT EXISTS rung_work_order_open ON rung_work_order (created_at) WHERE state IN ('queued', 'running');

-- The requests that an order to erase waits for.
CREATE TABLE IF NOT EXISTS rung_work_order_item (
    work_order TEXT NOT NULL,
    erasure INTEGER NOT NULL,
    PRIMARY KEY (work_order, erasure)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rung_work_order_item_erasure ON rung_work_order_item (erasure);

-- What was answered to a key of idempotency. Keys and requests stand here as keyed hashes.
CREATE TABLE IF NOT EXISTS rung_answer (
    key_hash TEXT PRIMARY KEY NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rung_answer_created ON rung_answer (created_at);
