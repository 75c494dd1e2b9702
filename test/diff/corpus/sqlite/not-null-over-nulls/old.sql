-- fails: users.name: rows that are NULL
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT);
INSERT INTO users VALUES (1, 'a@x', 'Ann'), (2, 'b@x', NULL);
