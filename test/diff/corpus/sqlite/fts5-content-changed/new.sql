CREATE TABLE d (a, b);
CREATE VIRTUAL TABLE f USING fts5 (a, b, content='d');
INSERT INTO d VALUES ('x', 'y');
INSERT INTO f (f) VALUES ('rebuild');
