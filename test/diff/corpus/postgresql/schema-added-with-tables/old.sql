CREATE TABLE keep (id integer);
INSERT INTO keep VALUES (1), (2);
