CREATE TABLE t (id integer, data text DEFAULT '{}', more json);
INSERT INTO t VALUES (1, '{"a": 1}', '[1, 2]'), (2, NULL, NULL);
