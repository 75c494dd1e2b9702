CREATE TABLE t (id integer, active boolean NOT NULL DEFAULT true);
INSERT INTO t VALUES (1, true), (2, false);
