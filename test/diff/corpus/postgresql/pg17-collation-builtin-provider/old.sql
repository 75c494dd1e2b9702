CREATE COLLATION c (provider = builtin, locale = 'C');
CREATE TABLE t (a text COLLATE c);
INSERT INTO t VALUES ('x');
