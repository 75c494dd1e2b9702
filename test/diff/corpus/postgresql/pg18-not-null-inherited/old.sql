CREATE TABLE p (a integer, b integer, c integer);
CREATE TABLE q (c integer) INHERITS (p);
CREATE TABLE r () INHERITS (q);
INSERT INTO r VALUES (1, 2, 3);
