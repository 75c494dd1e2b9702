-- lacks: its rows
CREATE VIRTUAL TABLE f USING fts5 (title, body);
INSERT INTO f VALUES ('x', 'y');
