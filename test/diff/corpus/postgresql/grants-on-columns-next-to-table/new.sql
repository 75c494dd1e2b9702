CREATE TABLE t (a integer, b integer, c integer);
GRANT SELECT ON t TO rung_alice;
GRANT UPDATE (a), REFERENCES (b) ON t TO rung_alice;
GRANT SELECT (a, b) ON t TO rung_bob WITH GRANT OPTION;
GRANT INSERT (c) ON t TO PUBLIC;
