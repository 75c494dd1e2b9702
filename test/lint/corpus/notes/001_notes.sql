-- rung:revision 001
-- rung:parents
-- rung:message notes

-- rung:up sqlite
CREATE TABLE notebooks (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL
) STRICT;
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    notebook_id INTEGER NOT NULL REFERENCES notebooks (id),
    body TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;
CREATE INDEX notes_notebook ON notes (notebook_id);

-- rung:down sqlite
DROP TABLE notes;
DROP TABLE notebooks;
