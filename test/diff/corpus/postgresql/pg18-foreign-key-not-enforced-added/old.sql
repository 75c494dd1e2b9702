CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer, a_id integer);
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (1, 1);
