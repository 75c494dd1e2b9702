CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, level INTEGER NOT NULL DEFAULT -1);
INSERT INTO users VALUES (1, 'a@x', 'Ann', 1), (2, 'b@x', NULL, 2);
