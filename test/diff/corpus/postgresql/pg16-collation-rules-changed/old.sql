CREATE COLLATION c (provider = icu, locale = 'und', rules = '&a < g');
CREATE TABLE t (a text COLLATE c);
INSERT INTO t VALUES ('x');
