CREATE TABLE t (id integer PRIMARY KEY, code text NOT NULL DEFAULT '7');
CREATE INDEX t_code ON t (code);
INSERT INTO t VALUES (1, '5');
