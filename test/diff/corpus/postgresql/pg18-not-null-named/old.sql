CREATE TABLE t (a integer CONSTRAINT is_there NOT NULL, b integer NOT NULL, c integer);
INSERT INTO t VALUES (1, 2, 3);
