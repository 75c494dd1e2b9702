CREATE TABLE t (a integer, b text) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_enabled = false);
INSERT INTO t VALUES (1, 'x');
