-- rung:revision 002
-- rung:parents 001
-- rung:message a view of the newest

-- rung:up sqlite
CREATE VIEW newest AS SELECT id, body, created_at FROM notes ORDER BY created_at DESC LIMIT 100;

-- rung:down sqlite
DROP VIEW newest;
