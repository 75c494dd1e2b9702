-- rung:revision 009
-- rung:parents 008
-- rung:message pins go

-- rung:up sqlite
-- expect: drop-column
ALTER TABLE notes DROP COLUMN pinned;

-- rung:down sqlite
ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
