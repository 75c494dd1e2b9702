CREATE TABLE t (id integer, b text, i text, m text, x text);
INSERT INTO t VALUES (1, 'abc', '10.0.0.1', '08:00:2b:01:02:03', '<a/>');
