CREATE TABLE t (a integer, b text) WITH (fillfactor = 70, toast.autovacuum_vacuum_threshold = 100);
