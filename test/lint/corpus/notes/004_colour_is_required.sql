-- rung:revision 004
-- rung:parents 003
-- rung:message colour is required

-- rung:up sqlite
-- expect: sqlite-required-column
ALTER TABLE notebooks ADD COLUMN colour TEXT NOT NULL;

-- rung:down sqlite
ALTER TABLE notebooks DROP COLUMN colour;
