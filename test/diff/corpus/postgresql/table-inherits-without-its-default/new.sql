CREATE TABLE p (a integer DEFAULT 1, b integer DEFAULT 2 NOT NULL, c integer);
CREATE TABLE t (a integer, b integer NOT NULL, c integer);
INSERT INTO t VALUES (1, 2, 3);
