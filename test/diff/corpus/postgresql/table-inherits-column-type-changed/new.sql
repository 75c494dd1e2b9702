CREATE TABLE a (x bigint, t varchar(20));
CREATE TABLE b (y integer) INHERITS (a);
INSERT INTO b VALUES (1, 'x', 1);
