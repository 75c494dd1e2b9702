CREATE TABLE t (a text, b text STORAGE main, c text STORAGE external COMPRESSION pglz);
INSERT INTO t VALUES ('x', 'y');
