CREATE TABLE t (id integer, b bytea, i inet, m macaddr, x xml);
INSERT INTO t VALUES (1, 'abc', '10.0.0.1', '08:00:2b:01:02:03', '<a/>');
