-- What rung keeps for the life of rows in an SQLite database: `rung erase init` creates it. Times are
-- seconds since 1970 UTC.

-- Who asked to be erased. `key` is gone once the rows are: what stays is its keyed hash.
CREATE TABLE rung_erasure (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    key TEXT,
    subject_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'purging', 'purged', 'cancelled')),
    requested_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    claimed_at INTEGER,
    finished_at INTEGER,
    requested_by TEXT NOT NULL,
    run TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER,
    problem TEXT,
    CHECK (key IS NOT NULL OR state IN ('purged', 'cancelled'))
);
CREATE UNIQUE INDEX rung_erasure_open ON rung_erasure (subject, key) WHERE state IN ('pending', 'purging');
CREATE INDEX rung_erasure_due ON rung_erasure (subject, due_at) WHERE state IN ('pending', 'purging');
CREATE INDEX rung_erasure_hash ON rung_erasure (subject_hash);

-- Rows that nothing may remove. `key` is a JSON list of texts, in the order of the primary key.
CREATE TABLE rung_hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL,
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    expires_at INTEGER,
    released_at INTEGER,
    released_by TEXT
);
CREATE INDEX rung_hold_open ON rung_hold (table_name) WHERE released_at IS NULL;

-- Single facts: leases (number: epoch, value: holder, at: until when), how often the holds changed,
-- the latest time seen, how much of the ledger this database knows, and which database it is: a copy
-- of it is the same one.
CREATE TABLE rung_mark (
    name TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL DEFAULT 0,
    value TEXT,
    at INTEGER
);
INSERT INTO rung_mark (name) VALUES ('holds'), ('ledger'), ('clock'), ('audit'), ('anchor');
INSERT INTO rung_mark (name, value) VALUES ('database', lower(hex(randomblob(16))));

-- What was done to rows. Each row is sealed with the hash of the row before it; there is no foreign key.
CREATE TABLE rung_audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    policy TEXT,
    table_name TEXT,
    row_count INTEGER NOT NULL,
    subjects INTEGER NOT NULL,
    subject_hash TEXT,
    run TEXT,
    detail TEXT,
    hash TEXT NOT NULL
);

CREATE TRIGGER rung_audit_keeps_rows BEFORE DELETE ON rung_audit
BEGIN
    SELECT RAISE(ABORT, 'rung_audit only grows: DELETE is refused');
END;

CREATE TRIGGER rung_audit_keeps_text BEFORE UPDATE ON rung_audit
BEGIN
    SELECT RAISE(ABORT, 'rung_audit only grows: UPDATE is refused');
END;

-- Archives of rung export, and of applications that write here.
CREATE TABLE rung_export_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    subject_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'expired')),
    format TEXT NOT NULL,
    path TEXT,
    sha256 TEXT,
    bytes INTEGER,
    tables INTEGER,
    row_count INTEGER,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER,
    duration_ms INTEGER,
    requested_by TEXT NOT NULL,
    problem TEXT
);
