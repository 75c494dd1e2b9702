-- rung:revision 006
-- rung:parents 005
-- rung:message a key of each note

-- rung:up sqlite
-- expect: sqlite-add-column-refused
ALTER TABLE notes ADD COLUMN slug TEXT UNIQUE;

-- rung:down sqlite
ALTER TABLE notes DROP COLUMN slug;
