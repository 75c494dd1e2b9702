-- rung:revision 019
-- rung:parents 018
-- rung:message keys off

-- rung:up sqlite
-- expect: sqlite-foreign-keys
PRAGMA foreign_keys = OFF;
ALTER TABLE tags ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;

-- rung:down sqlite
ALTER TABLE tags DROP COLUMN hidden;
