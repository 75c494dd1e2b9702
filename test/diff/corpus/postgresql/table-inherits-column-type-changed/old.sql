CREATE TABLE a (x integer, t varchar(10));
CREATE TABLE b (y integer) INHERITS (a);
INSERT INTO b VALUES (1, 'x', 1);
