CREATE TYPE a AS ENUM ('x', 'y');
CREATE TYPE b AS (v integer);
CREATE TABLE t (id integer PRIMARY KEY, x a);
INSERT INTO t VALUES (1, 'x');
