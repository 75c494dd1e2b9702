
CREATE TABLE notes_new (
    id INTEGER PRIMARY KEY,
    notebook_id INTEGER NOT NULL REFERENCES notebooks (id) ON DELETE CASCADE,
    body TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;
INSERT INTO notes_new SELECT id, notebook_id, body, created_at FROM notes;
-- expect: sqlite-rebuild-breaks-view sqlite-rebuild-loses
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;

