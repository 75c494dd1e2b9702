CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, a integer, b text);
INSERT INTO t (a, b) VALUES (1, 'x');
GRANT SELECT (a), UPDATE (b) ON t TO rung_bob;
GRANT USAGE ON SEQUENCE t_id_seq TO rung_bob;
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
GRANT SELECT (a) ON m TO rung_bob;
