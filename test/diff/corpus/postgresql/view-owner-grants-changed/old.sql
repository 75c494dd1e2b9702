CREATE TABLE t (a integer, b integer);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
ALTER VIEW v OWNER TO rung_alice;
GRANT SELECT (a) ON v TO rung_carol;
