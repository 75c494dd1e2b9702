CREATE TABLE t (a integer, b integer);
GRANT SELECT, UPDATE ON t TO rung_alice;
GRANT SELECT ON t TO rung_bob;
GRANT SELECT (a), UPDATE (b) ON t TO rung_alice;
