-- has: 'rebuild'
-- lacks: its rows
CREATE TABLE d (a, b);
CREATE VIRTUAL TABLE f USING fts5 (a, content='d');
INSERT INTO d VALUES ('x', 'y');
INSERT INTO f (f) VALUES ('rebuild');
