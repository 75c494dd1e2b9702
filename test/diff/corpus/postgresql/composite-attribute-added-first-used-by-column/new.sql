CREATE TYPE address AS (country text, street text, no bigint);
CREATE TABLE t (id integer PRIMARY KEY, a address, later text);
CREATE VIEW v AS SELECT (a).street FROM t;
INSERT INTO t VALUES (2, NULL, 'x');
