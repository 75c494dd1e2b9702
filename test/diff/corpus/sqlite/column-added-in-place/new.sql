-- has: DROP COLUMN
-- lacks: INSERT
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, bio TEXT DEFAULT 'it''s' COLLATE NOCASE);
INSERT INTO users VALUES (1, 'a@x', 'Ann', 'x'), (2, 'b@x', NULL, NULL);
