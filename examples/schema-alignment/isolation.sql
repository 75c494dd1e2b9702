-- Row-level security at work: two users, each sees and changes only what is theirs.
-- psql -X -v ON_ERROR_STOP=1 -f isolation.sql; everything, the role too, is rolled back at the end.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;

INSERT INTO auth.users (id, email) VALUES
    ('00000000-0000-4000-8000-00000000000a', 'ada@example.com'),
    ('00000000-0000-4000-8000-00000000000b', 'bob@example.com');
INSERT INTO users (id)
SELECT id FROM auth.users WHERE email IN ('ada@example.com', 'bob@example.com');
INSERT INTO sessions (user_id, points, questions_answered, correct_answers)
VALUES ('00000000-0000-4000-8000-00000000000a', 600, 10, 9);

-- The API's role: no owner, no superuser.
CREATE ROLE rung_example_api;
GRANT SELECT, UPDATE ON sessions TO rung_example_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_api_keys, user_progress, export_history
TO rung_example_api;
SET LOCAL ROLE rung_example_api;

SET LOCAL request.jwt.claims = '{"sub": "00000000-0000-4000-8000-00000000000a"}';
UPDATE sessions SET status = 'completed' WHERE user_id = auth.uid();
INSERT INTO user_api_keys (user_id, openai_key_encrypted) VALUES (auth.uid(), 'of ada');
SELECT 'ada finishes a session: ' || completed_sessions || ' session, ' || total_points
       || ' points, level ' || level || ', ' || accuracy_percent || ' % right'
FROM user_progress;

SET LOCAL request.jwt.claims = '{"sub": "00000000-0000-4000-8000-00000000000b"}';
SELECT 'bob sees ' || count(*) || ' of ada''s keys' FROM user_api_keys;
WITH changed AS (UPDATE user_progress SET total_points = 0 RETURNING 1)
SELECT 'bob changes ' || count(*) || ' of ada''s totals' FROM changed;
WITH gone AS (DELETE FROM user_api_keys RETURNING 1)
SELECT 'bob deletes ' || count(*) || ' of ada''s keys' FROM gone;
DO $$
BEGIN
    INSERT INTO user_api_keys (user_id) VALUES ('00000000-0000-4000-8000-00000000000a');
    RAISE EXCEPTION 'FAIL: bob stored a key as ada';
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END
$$;
SELECT 'bob stores 0 keys as ada';

SET LOCAL request.jwt.claims = '';
SELECT 'without a token: ' || count(*) || ' rows' FROM user_progress;

ROLLBACK;
