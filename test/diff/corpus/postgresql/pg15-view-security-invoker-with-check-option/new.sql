CREATE TABLE t (a integer);
CREATE VIEW v WITH (security_invoker = false, security_barrier) AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
INSERT INTO t VALUES (1);
