-- What rung keeps for the life of rows in a PostgreSQL database: `rung erase init` creates it.

DO $body$
BEGIN
    IF to_regnamespace('rung') IS NULL THEN
        CREATE SCHEMA rung;
        COMMENT ON SCHEMA rung IS 'history of database changes, kept by rung';
    END IF;
END
$body$;

-- Who asked to be erased. `key` is gone once the rows are: what stays is its keyed hash.
CREATE TABLE rung.erasure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    key text,
    subject_hash text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'purging', 'purged', 'cancelled')),
    requested_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    claimed_at timestamptz,
    finished_at timestamptz,
    requested_by text NOT NULL,
    run text,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    problem text,
    CHECK (key IS NOT NULL OR state IN ('purged', 'cancelled'))
);
CREATE UNIQUE INDEX erasure_open ON rung.erasure (subject, key) WHERE state IN ('pending', 'purging');
-- Without the subject in front: else a planner that has no statistics takes it to find a key.
CREATE INDEX erasure_due ON rung.erasure (due_at) WHERE state IN ('pending', 'purging');
CREATE INDEX erasure_hash ON rung.erasure (subject_hash);

-- Rows that nothing may remove. `key` is a JSON list of texts, in the order of the primary key.
CREATE TABLE rung.hold (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    key text NOT NULL,
    reason text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    added_by text NOT NULL,
    expires_at timestamptz,
    released_at timestamptz,
    released_by text
);
CREATE INDEX hold_open ON rung.hold (table_name) WHERE released_at IS NULL;

-- Single facts: leases (number: epoch, value: holder, at: until when), how often the holds changed,
-- the latest time seen, how much of the ledger this database knows, and which database it is: a copy
-- of it is the same one.
CREATE TABLE rung.mark (
    name text PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0,
    value text,
    at timestamptz
);
INSERT INTO rung.mark (name) VALUES ('holds'), ('ledger'), ('clock'), ('audit'), ('anchor');
INSERT INTO rung.mark (name, value) VALUES ('database', gen_random_uuid()::text);

-- What was done to rows. Each row is sealed with the hash of the row before it; there is no foreign key.
CREATE TABLE rung.audit (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    policy text,
    table_name text,
    row_count bigint NOT NULL,
    subjects bigint NOT NULL,
    subject_hash text,
    run text,
    detail text,
    hash text NOT NULL
);

-- Archives of rung export, and of applications that write here.
CREATE TABLE rung.export_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    subject_hash text NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'expired')),
    format text NOT NULL,
    path text,
    sha256 text,
    bytes bigint,
    tables integer,
    row_count bigint,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    expires_at timestamptz,
    duration_ms bigint,
    requested_by text NOT NULL,
    problem text
);

CREATE OR REPLACE FUNCTION rung.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '%.% only grows: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP;
END
$body$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rung.audit
    FOR EACH STATEMENT EXECUTE FUNCTION rung.refuse_change();

CREATE OR REPLACE FUNCTION rung.field(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
    SELECT coalesce(octet_length(p_text)::text || ':' || p_text || ',', '-,')
$body$;

-- Adds a sealed row. The mark's row is the lock of the chain: it is taken last in a transaction, and here
-- after all that can be done without it.
CREATE FUNCTION rung.audit_add(p_actor text, p_action text, p_policy text, p_table text, p_rows bigint,
        p_subjects bigint, p_subject_hash text, p_run text, p_detail text)
    RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE
    v_at timestamptz;
    v_seq bigint;
    v_before text;
    v_actor text := p_actor || ' as ' || session_user;
    v_hash text;
    v_rest text := rung.field(v_actor) || rung.field(p_action) || rung.field(p_policy)
        || rung.field(p_table) || rung.field(p_rows::text) || rung.field(p_subjects::text)
        || rung.field(p_subject_hash) || rung.field(p_run) || rung.field(p_detail);
BEGIN
    SELECT m.number + 1, coalesce(m.value, '') INTO STRICT v_seq, v_before
        FROM rung.mark m WHERE m.name = 'audit' FOR UPDATE;
    v_at := clock_timestamp();
    v_hash := encode(sha256(convert_to(
        rung.field(v_before) || rung.field(v_seq::text)
        || rung.field(to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || v_rest, 'UTF8')), 'hex');
    INSERT INTO rung.audit VALUES (v_seq, v_at, v_actor, p_action, p_policy, p_table, p_rows,
        p_subjects, p_subject_hash, p_run, p_detail, v_hash);
    UPDATE rung.mark SET number = v_seq, value = v_hash WHERE name = 'audit';
    RETURN v_seq;
END
$body$;

REVOKE ALL ON FUNCTION rung.audit_add(text, text, text, text, bigint, bigint, text, text, text) FROM PUBLIC;
