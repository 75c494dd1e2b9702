CREATE TABLE t (a integer, b text, c date);
CREATE VIEW v AS SELECT t.a, t.b, t.c FROM t;
INSERT INTO t (a, b) VALUES (1, 'x');
