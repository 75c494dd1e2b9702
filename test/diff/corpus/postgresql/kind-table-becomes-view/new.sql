-- data: lost
CREATE TABLE base (a integer, b text);
CREATE VIEW x AS SELECT base.a, base.b FROM base;
COMMENT ON VIEW x IS 'x';
GRANT SELECT ON x TO rung_alice;
CREATE VIEW y AS SELECT x.a FROM x;
