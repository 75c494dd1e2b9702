CREATE TABLE t (a integer, b text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = true);
INSERT INTO t VALUES (1, 'x');
