-- rung:revision 022
-- rung:parents 021
-- rung:message hidden goes, and the trigger uses it

-- rung:up sqlite
-- expect: sqlite-drop-column-used drop-column
ALTER TABLE tags DROP COLUMN hidden;

-- rung:down sqlite
ALTER TABLE tags ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
