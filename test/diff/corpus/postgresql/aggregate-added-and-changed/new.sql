CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1');
CREATE AGGREGATE joined(text) (SFUNC = textcat, STYPE = text, COMBINEFUNC = textcat, PARALLEL = SAFE);
COMMENT ON AGGREGATE total(integer) IS 'sum from one';
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT total(t.a) AS x FROM t;
