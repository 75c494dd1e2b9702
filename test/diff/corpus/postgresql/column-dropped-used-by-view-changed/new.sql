CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
INSERT INTO t (a, b) VALUES (1, 'x');
