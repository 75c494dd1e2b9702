-- The ways in which the application asks, as the guide lists them. $1 … are its parameters, on
-- SQLite too.

-- 1. User Authentication
SELECT * FROM "user" WHERE email = $1;

-- 2. Load User Dashboard
SELECT * FROM task WHERE user_id = $1 AND status = $2;

-- 3. Task Search
SELECT * FROM task WHERE user_id = $1 AND title LIKE $2;

-- 4. Kanban Board View
SELECT * FROM task WHERE user_id = $1 AND status IN ('Pending', 'In Progress');

-- 5. Task Timeline
SELECT * FROM task WHERE user_id = $1 ORDER BY created_at DESC;

-- 6. GET /api/tasks
SELECT * FROM task WHERE user_id = $1;

-- what changes tasks
INSERT INTO task (user_id, title, status, priority, created_at, updated_at)
VALUES ($1, $2, 'Pending', $3, $4, $5);
UPDATE task SET status = $1, completed_at = $2 WHERE id = $3 AND user_id = $4;
UPDATE task SET deleted_at = $1 WHERE id = $2 AND user_id = $3;
