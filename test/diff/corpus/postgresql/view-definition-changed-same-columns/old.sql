CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT t.a, t.b FROM t WHERE t.a > 0;
CREATE VIEW w AS SELECT v.a FROM v;
