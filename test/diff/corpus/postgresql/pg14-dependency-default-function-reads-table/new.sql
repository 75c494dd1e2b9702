CREATE TABLE settings (k text PRIMARY KEY, v text);
CREATE FUNCTION setting(text) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT s.v FROM settings s WHERE s.k = $1; END;
CREATE TABLE t (id integer, lang text DEFAULT setting('lang'));
INSERT INTO t VALUES (1, 'de');
