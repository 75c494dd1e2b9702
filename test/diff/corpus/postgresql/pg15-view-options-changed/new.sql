CREATE TABLE t (a integer, b text);
CREATE VIEW v1 WITH (security_barrier= false) AS SELECT t.a FROM t;
CREATE VIEW v2 WITH (security_invoker = true) AS SELECT t.a FROM t;
CREATE VIEW v3 AS SELECT t.a FROM t WHERE t.a > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW v4 AS SELECT t.a FROM t WHERE t.a > 0 ;
