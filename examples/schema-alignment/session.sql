-- The trigger at work: a user's request finishes a session, and the totals follow.
-- psql -X -v ON_ERROR_STOP=1 -f session.sql; everything, the role too, is rolled back at the end.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;

INSERT INTO auth.users (id, email)
VALUES ('00000000-0000-4000-8000-00000000000a', 'ada@example.com');
INSERT INTO users (id) VALUES ('00000000-0000-4000-8000-00000000000a');
INSERT INTO sessions (user_id, points, questions_answered, correct_answers)
VALUES ('00000000-0000-4000-8000-00000000000a', 600, 10, 9);

-- The API's role: no owner, no superuser.
CREATE ROLE rung_example_api;
GRANT SELECT, UPDATE ON sessions TO rung_example_api;
GRANT SELECT ON user_progress TO rung_example_api;
SET LOCAL ROLE rung_example_api;

SET LOCAL request.jwt.claims = '{"sub": "00000000-0000-4000-8000-00000000000a"}';
UPDATE sessions SET status = 'completed' WHERE user_id = auth.uid();
SELECT 'ada finishes a session: ' || completed_sessions || ' session, ' || total_points
       || ' points, level ' || level || ', ' || accuracy_percent || ' % right'
FROM user_progress;

ROLLBACK;
