CREATE TABLE t (a text STORAGE external, b text);
INSERT INTO t VALUES ('x', 'y');
