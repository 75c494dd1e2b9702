CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, level INTEGER NOT NULL);
INSERT INTO users VALUES (1, 'a@x', 'Ann', 1), (2, 'b@x', NULL, 2);
