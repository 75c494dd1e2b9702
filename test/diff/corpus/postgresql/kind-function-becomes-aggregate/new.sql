CREATE AGGREGATE f(integer) (SFUNC = int4pl, STYPE = integer);
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT f(t.a) AS x FROM t;
