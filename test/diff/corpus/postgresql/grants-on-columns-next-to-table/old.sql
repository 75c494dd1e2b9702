CREATE TABLE t (a integer, b integer, c integer);
GRANT SELECT ON t TO rung_alice;
GRANT SELECT (a), REFERENCES (b) ON t TO rung_alice;
