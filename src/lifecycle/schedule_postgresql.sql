-- When jobs run by themselves, and what became of it: `rung erase init` creates it.

-- What each job's slots were last: those up to seen_at were run, missed or skipped.
CREATE TABLE IF NOT EXISTS rung.job (
    name text PRIMARY KEY,
    cron text NOT NULL,
    zone text NOT NULL,
    seen_at timestamptz NOT NULL,
    missed bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    runs bigint NOT NULL DEFAULT 0,
    failures bigint NOT NULL DEFAULT 0,
    succeeded_at timestamptz
);

-- One row for each slot that was run; one with the number of slots for those that were missed or
-- skipped together. `epoch` counts who had it: a holder with an older one lost it.
CREATE TABLE IF NOT EXISTS rung.job_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job text NOT NULL,
    slot timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'missed', 'skipped')),
    slots bigint NOT NULL DEFAULT 1,
    forced boolean NOT NULL DEFAULT false,
    epoch bigint NOT NULL DEFAULT 1,
    deaths integer NOT NULL DEFAULT 0,
    holder text,
    lease_until timestamptz,
    heartbeat_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    counts text,
    problem text,
    UNIQUE (job, slot)
);
CREATE UNIQUE INDEX IF NOT EXISTS job_run_running ON rung.job_run (job) WHERE state = 'running';
CREATE INDEX IF NOT EXISTS job_run_last ON rung.job_run (job, id);
