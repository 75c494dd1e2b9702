CREATE TABLE t (id integer, e text NOT NULL);
INSERT INTO t VALUES (1, 'a@b');
