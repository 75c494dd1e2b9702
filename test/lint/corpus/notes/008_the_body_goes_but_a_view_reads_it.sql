-- rung:revision 008
-- rung:parents 007
-- rung:message the body goes, but a view reads it

-- rung:up sqlite
-- expect: sqlite-drop-column-used drop-column
ALTER TABLE notes DROP COLUMN body;

-- rung:down sqlite
ALTER TABLE notes ADD COLUMN body TEXT NOT NULL DEFAULT '';
