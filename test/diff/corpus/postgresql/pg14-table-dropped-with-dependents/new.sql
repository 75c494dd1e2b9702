CREATE TABLE keep (id integer PRIMARY KEY, x integer);
INSERT INTO keep VALUES (1, 2);
