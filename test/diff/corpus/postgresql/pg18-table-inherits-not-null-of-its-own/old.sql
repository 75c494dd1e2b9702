CREATE TABLE p (a integer, b integer NOT NULL, c integer, d integer DEFAULT 1);
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, c integer, d integer NOT NULL);
INSERT INTO t VALUES (1, 2, 3, 4);
