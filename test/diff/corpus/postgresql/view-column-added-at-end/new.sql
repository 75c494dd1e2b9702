CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
COMMENT ON VIEW v IS 'v';
GRANT SELECT ON v TO rung_alice;
