CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
COMMENT ON AGGREGATE total(integer) IS 'sum';
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT total(t.a) AS x FROM t;
