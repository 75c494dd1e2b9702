CREATE TABLE t (id integer, data jsonb DEFAULT '{}', more jsonb);
INSERT INTO t VALUES (1, '{"a": 1}', '[1, 2]'), (2, NULL, NULL);
