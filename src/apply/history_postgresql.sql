-- What rung keeps in a PostgreSQL database. Created once, inside the first run's lock.

CREATE SCHEMA IF NOT EXISTS rung;

COMMENT ON SCHEMA rung IS 'history of database changes, kept by rung';

-- The revisions that nothing applied stands on. Everything below them in the graph is applied too.
CREATE TABLE rung.heads (
    revision text PRIMARY KEY,
    chain text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What happened, failures too. Each row is sealed with the hash of the row before it.
CREATE TABLE rung.log (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    revision text,
    file_hash text,
    chain text,
    run text NOT NULL,
    duration_us bigint NOT NULL,
    statements bigint NOT NULL,
    tool text NOT NULL,
    detail text,
    hash text NOT NULL
);

-- Steps of revisions that are under way and cannot be one transaction. Empty when nothing is.
CREATE TABLE rung.journal (
    revision text NOT NULL,
    step integer NOT NULL,
    direction text NOT NULL,
    steps integer NOT NULL,
    step_hash text NOT NULL,
    state text NOT NULL CHECK (state IN ('started', 'done')),
    before text,
    position text,
    rows_done bigint NOT NULL DEFAULT 0,
    run text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (revision, step)
);

CREATE OR REPLACE FUNCTION rung.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '%.% only grows: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP;
END
$body$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rung.log
    FOR EACH STATEMENT EXECUTE FUNCTION rung.refuse_change();

-- A field as a netstring, so that no two rows have the same text. Each part is immutable, so the
-- planner puts the expression in the place of the call.
CREATE OR REPLACE FUNCTION rung.field(p_text text) RETURNS text LANGUAGE sql IMMUTABLE AS $body$
    SELECT coalesce(octet_length(p_text)::text || ':' || p_text || ',', '-,')
$body$;

-- Adds a sealed row to the log and moves the heads, if they are what the caller believes.
CREATE FUNCTION rung.record(p_run text, p_event text, p_revision text, p_file_hash text,
        p_chain text, p_remove text[], p_add text[], p_add_chains text[], p_started timestamptz,
        p_statements bigint, p_actor text, p_tool text, p_detail text)
    RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE
    v_at timestamptz := clock_timestamp();
    v_us bigint := (extract(epoch FROM v_at - coalesce(p_started, transaction_timestamp())) * 1000000)::bigint;
    v_actor text := p_actor || ' as ' || session_user;
    v_id bigint;
    v_before text;
    v_hash text;
    v_removed text;
BEGIN
    -- one by one: for "= ANY (p_remove)" the server would make a new plan at every call
    FOREACH v_removed IN ARRAY p_remove LOOP
        DELETE FROM rung.heads WHERE revision = v_removed;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'another run moved the heads of this database'
                USING ERRCODE = 'RU001', HINT = 'run the same command again';
        END IF;
    END LOOP;
    INSERT INTO rung.heads (revision, chain)
        SELECT r, c FROM unnest(p_add, p_add_chains) AS u (r, c);
    SELECT l.id + 1, l.hash INTO v_id, v_before FROM rung.log l ORDER BY l.id DESC LIMIT 1;
    IF NOT FOUND THEN
        v_id := 1;
        v_before := '';
    END IF;
    v_hash := encode(sha256(convert_to(
        rung.field(v_before) || rung.field(v_id::text)
        || rung.field(to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || rung.field(v_actor) || rung.field(p_event) || rung.field(p_revision)
        || rung.field(p_file_hash) || rung.field(p_chain) || rung.field(p_run)
        || rung.field(v_us::text) || rung.field(p_statements::text) || rung.field(p_tool)
        || rung.field(p_detail), 'UTF8')), 'hex');
    INSERT INTO rung.log VALUES (v_id, v_at, v_actor, p_event, p_revision, p_file_hash, p_chain,
        p_run, v_us, p_statements, p_tool, p_detail, v_hash);
    RETURN v_us;
END
$body$;
