-- rung:revision 015
-- rung:parents 014
-- rung:message notebooks are rebuilt as they should

-- rung:up sqlite
CREATE TABLE notebooks_new (id INTEGER PRIMARY KEY, title TEXT NOT NULL, colour TEXT, slug TEXT) STRICT;
INSERT INTO notebooks_new SELECT id, title, colour, slug FROM notebooks;
DROP TABLE notebooks;
ALTER TABLE notebooks_new RENAME TO notebooks;
CREATE UNIQUE INDEX notebooks_slug ON notebooks (slug);

-- rung:down sqlite
-- rung:notice the columns stay
