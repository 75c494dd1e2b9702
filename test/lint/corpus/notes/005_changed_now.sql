-- rung:revision 005
-- rung:parents 004
-- rung:message changed now

-- rung:up sqlite
-- expect: sqlite-default-not-constant
ALTER TABLE notes ADD COLUMN changed_at TEXT DEFAULT CURRENT_TIMESTAMP;

-- rung:down sqlite
ALTER TABLE notes DROP COLUMN changed_at;
