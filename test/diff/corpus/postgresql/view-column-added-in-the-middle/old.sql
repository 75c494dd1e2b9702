CREATE TABLE t (a integer, b text, c date);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
COMMENT ON COLUMN v.b IS 'b';
GRANT SELECT ON v TO rung_alice WITH GRANT OPTION;
GRANT SELECT (b) ON v TO rung_bob;
ALTER VIEW v OWNER TO rung_carol;
