CREATE COLLATION c (provider = builtin, locale = 'C.UTF-8');
CREATE TABLE t (a text COLLATE c);
CREATE INDEX i ON t (a);
INSERT INTO t VALUES ('x');
