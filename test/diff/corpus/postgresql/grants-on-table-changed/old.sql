CREATE TABLE t (a integer, b integer);
GRANT SELECT, INSERT ON t TO rung_alice;
GRANT SELECT ON t TO rung_bob;
GRANT SELECT ON t TO PUBLIC;
