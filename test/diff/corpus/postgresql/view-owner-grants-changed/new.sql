CREATE TABLE t (a integer, b integer);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
ALTER VIEW v OWNER TO rung_bob;
GRANT SELECT (a), INSERT (b) ON v TO rung_carol;
GRANT SELECT ON v TO PUBLIC;
