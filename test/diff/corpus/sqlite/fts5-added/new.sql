CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO docs VALUES (1, 'apple');
CREATE VIRTUAL TABLE docs_search USING fts5 (body, content='docs', content_rowid='id');
CREATE TRIGGER docs_in AFTER INSERT ON docs BEGIN INSERT INTO docs_search (rowid, body) VALUES (new.id, new.body); END;
