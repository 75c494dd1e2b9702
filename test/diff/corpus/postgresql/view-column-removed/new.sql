CREATE TABLE t (a integer, b text, c date);
CREATE VIEW v AS SELECT t.a, t.c FROM t;
CREATE VIEW w AS SELECT v.a, v.c FROM v;
