CREATE TABLE t (a integer, b text);
ALTER TABLE t ALTER a SET (n_distinct = -0.5);
ALTER TABLE t ALTER b SET (n_distinct_inherited = 10);
