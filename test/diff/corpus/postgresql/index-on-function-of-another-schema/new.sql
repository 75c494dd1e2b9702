CREATE SCHEMA util;
CREATE FUNCTION util.key(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)';
CREATE TABLE t (a text);
CREATE UNIQUE INDEX t_key ON t (util.key(a));
INSERT INTO t VALUES ('A'), ('b');
