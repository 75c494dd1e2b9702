-- When jobs run by themselves, and what became of it: `rung erase init` creates it. Times are
-- seconds since 1970 UTC.

-- What each job's slots were last: those up to seen_at were run, missed or skipped.
CREATE TABLE IF NOT EXISTS rung_job (
    name TEXT PRIMARY KEY NOT NULL,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    missed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    runs INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    succeeded_at INTEGER
);

-- One row for each slot that was run; one with the number of slots for those that were missed or
-- skipped together. `epoch` counts who had it: a holder with an older one lost it.
CREATE TABLE IF NOT EXISTS rung_job_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    slot INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'missed', 'skipped')),
    slots INTEGER NOT NULL DEFAULT 1,
    forced INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 1,
    deaths INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    lease_until INTEGER,
    heartbeat_at INTEGER,
    started_at INTEGER,
    finished_at INTEGER,
    counts TEXT,
    problem TEXT,
    UNIQUE (job, slot)
);
CREATE UNIQUE INDEX IF NOT EXISTS rung_job_run_running ON rung_job_run (job) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS rung_job_run_last ON rung_job_run (job, id);
