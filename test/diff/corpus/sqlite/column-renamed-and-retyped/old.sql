-- options: --rename t.a=t.b
CREATE TABLE t (a INTEGER, c);
INSERT INTO t VALUES (1, 2);
