-- rung:revision 017
-- rung:parents 016
-- rung:message another name for a column

-- rung:up sqlite
-- expect: rename-column
ALTER TABLE notebooks RENAME COLUMN title TO name;

-- rung:down sqlite
ALTER TABLE notebooks RENAME COLUMN name TO title;
