CREATE TABLE a (id integer);
CREATE TABLE b (id integer);
INSERT INTO a VALUES (1);
