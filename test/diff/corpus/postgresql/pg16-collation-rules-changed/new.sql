CREATE COLLATION c (provider = icu, locale = 'und', rules = '&b < g');
CREATE TABLE t (a text COLLATE c, b text COLLATE c);
CREATE INDEX i ON t (a);
INSERT INTO t VALUES ('x');
