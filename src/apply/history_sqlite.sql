-- What rung keeps in an SQLite database. Created once, in the first run's transaction.

-- The revisions that nothing applied stands on. Everything below them in the graph is applied too.
CREATE TABLE rung_heads (
    revision TEXT PRIMARY KEY NOT NULL,
    chain TEXT NOT NULL,
    at TEXT NOT NULL
);

-- What happened, failures too. Each row is sealed with the hash of the row before it.
CREATE TABLE rung_log (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    revision TEXT,
    file_hash TEXT,
    chain TEXT,
    run TEXT NOT NULL,
    duration_us INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    tool TEXT NOT NULL,
    detail TEXT,
    hash TEXT NOT NULL
);

CREATE TRIGGER rung_log_keeps_rows BEFORE DELETE ON rung_log
BEGIN
    SELECT RAISE(ABORT, 'rung_log only grows: DELETE is refused');
END;

CREATE TRIGGER rung_log_keeps_text BEFORE UPDATE ON rung_log
BEGIN
    SELECT RAISE(ABORT, 'rung_log only grows: UPDATE is refused');
END;

-- Steps of revisions that are under way and cannot be one transaction. Empty when nothing is.
CREATE TABLE rung_journal (
    revision TEXT NOT NULL,
    step INTEGER NOT NULL,
    direction TEXT NOT NULL,
    steps INTEGER NOT NULL,
    step_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'done')),
    before TEXT,
    position TEXT,
    rows_done INTEGER NOT NULL DEFAULT 0,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (revision, step)
);

-- Who runs between two transactions of one run. The row is there only while a run needs several.
CREATE TABLE rung_lock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    holder TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    expires_us INTEGER NOT NULL
);
