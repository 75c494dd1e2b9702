CREATE TABLE t (a text, b text COMPRESSION pglz);
INSERT INTO t VALUES ('x', 'y');
