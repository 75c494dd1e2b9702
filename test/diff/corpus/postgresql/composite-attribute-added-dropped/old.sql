CREATE TYPE address AS (street text, zip integer);
CREATE TABLE t (id integer);
INSERT INTO t VALUES (1);
