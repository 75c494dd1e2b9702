CREATE TABLE t (id integer, active integer NOT NULL DEFAULT 1);
INSERT INTO t VALUES (1, 1), (2, 0);
