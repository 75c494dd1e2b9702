CREATE TABLE t (a integer, b text);
ALTER TABLE t ALTER a SET (n_distinct = 5);
ALTER TABLE t ALTER b SET (n_distinct = 9, n_distinct_inherited = 10);
