-- data: lost
CREATE TABLE base (a integer, b text);
CREATE TABLE x (a integer PRIMARY KEY, b text);
COMMENT ON TABLE x IS 'x';
GRANT SELECT ON x TO rung_alice;
CREATE VIEW y AS SELECT x.a FROM x;
