-- The user-deletion test: one user with a row in every table, then only the user is deleted.
-- psql -X -v ON_ERROR_STOP=1 -f test.sql; everything is rolled back at the end.
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
BEGIN;

INSERT INTO users (email, hashed_password, is_active)
VALUES ('test_cascade_delete@example.com', '$2b$12$test', true)
RETURNING id \gset

INSERT INTO vitals_daily_aggregates (user_id, date) VALUES (:id, '2025-10-20');
INSERT INTO nutrition_daily_aggregates (user_id, date) VALUES (:id, '2025-10-20');

-- Every other table with a key to users gets a row too. Columns that must be filled get a value
-- by their type; columns with foreign keys get the user's id, or the parent row's.
CREATE FUNCTION pg_temp.fill(owner int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    child record;
    names text;
    filled text;
BEGIN
    FOR child IN
        SELECT DISTINCT conrelid AS id
        FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'users'::regclass
          AND conrelid NOT IN ('vitals_daily_aggregates'::regclass,
                               'nutrition_daily_aggregates'::regclass)
        ORDER BY 1  -- older tables first: parents before children
    LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
               string_agg(CASE
                   WHEN attname IN ('user_id', 'patient_id', 'doctor_id') THEN owner::text
                   WHEN attname = 'session_id' THEN '(SELECT max(id) FROM chat_sessions)'
                   WHEN attname = 'raw_id' THEN '(SELECT max(id) FROM vitals_raw_data)'
                   WHEN attname = 'email'
                       THEN format('(SELECT email FROM users WHERE id = %s)', owner)
                   WHEN atttypid IN ('timestamptz'::regtype, 'date'::regtype) THEN 'now()'
                   WHEN atttypid = 'jsonb'::regtype THEN '''{}'''
                   WHEN atttypid IN ('varchar'::regtype, 'text'::regtype) THEN '''x'''
                   WHEN atttypid = 'boolean'::regtype THEN 'true'
                   WHEN atttypid = 'inet'::regtype THEN '''127.0.0.1'''
                   ELSE '1' END, ', ' ORDER BY attnum)
        INTO names, filled
        FROM pg_attribute
        WHERE attrelid = child.id AND attnum > 0 AND NOT attisdropped AND attidentity = '';
        EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', child.id::regclass, names, filled);
    END LOOP;
END
$$;

-- Tables below users that hold a row of this user.
CREATE FUNCTION pg_temp.remaining(owner int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    key record;
    found boolean;
    tables regclass[] := '{}';
BEGIN
    FOR key IN
        SELECT c.conrelid::regclass AS child, a.attname AS owner_column
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1)', key.child, key.owner_column)
        INTO found USING owner;
        IF found AND NOT key.child = ANY (tables) THEN
            tables := tables || key.child;
        END IF;
    END LOOP;
    RETURN cardinality(tables);
END
$$;

SELECT pg_temp.fill(:id) \gset
SET CONSTRAINTS ALL IMMEDIATE;

SELECT 'before: vitals_daily_aggregates ' || count(*) FROM vitals_daily_aggregates WHERE user_id = :id;
SELECT 'before: nutrition_daily_aggregates ' || count(*) FROM nutrition_daily_aggregates WHERE user_id = :id;
SELECT 'before: tables with rows of the user ' || pg_temp.remaining(:id);

DELETE FROM users WHERE id = :id;
SET CONSTRAINTS ALL IMMEDIATE;

SELECT 'after: vitals_daily_aggregates ' || count(*) FROM vitals_daily_aggregates WHERE user_id = :id;
SELECT 'after: nutrition_daily_aggregates ' || count(*) FROM nutrition_daily_aggregates WHERE user_id = :id;
SELECT 'after: tables with rows of the user ' || pg_temp.remaining(:id);
SELECT CASE pg_temp.remaining(:id) WHEN 0 THEN 'PASS user deletion' ELSE 'FAIL user deletion' END;

ROLLBACK;
