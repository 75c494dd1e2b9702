CREATE TYPE address AS (street text, city text, zip text);
CREATE TABLE t (id integer, a address);
INSERT INTO t (id) VALUES (1);
