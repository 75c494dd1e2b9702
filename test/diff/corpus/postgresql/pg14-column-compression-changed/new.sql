CREATE TABLE t (a text COMPRESSION pglz, b text);
INSERT INTO t VALUES ('x', 'y');
