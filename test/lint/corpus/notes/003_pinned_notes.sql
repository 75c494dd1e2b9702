-- rung:revision 003
-- rung:parents 002
-- rung:message pinned notes

-- rung:up sqlite
ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

-- rung:down sqlite
ALTER TABLE notes DROP COLUMN pinned;
