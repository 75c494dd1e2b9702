CREATE TABLE t (a integer, b integer, c integer NOT NULL);
ALTER TABLE t ADD CONSTRAINT b_there NOT NULL b NOT VALID;
INSERT INTO t VALUES (1, 2, 3);
