CREATE TABLE t (a integer, b integer);
GRANT SELECT, UPDATE, TRUNCATE ON t TO rung_alice WITH GRANT OPTION;
GRANT ALL ON t TO rung_bob;
