-- rung:revision 010
-- rung:parents 009
-- rung:message tags

-- rung:up sqlite
-- expect: sqlite-not-strict sqlite-autoincrement
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);

-- rung:down sqlite
DROP TABLE tags;
