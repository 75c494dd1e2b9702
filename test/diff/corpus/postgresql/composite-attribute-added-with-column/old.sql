CREATE TYPE address AS (street text, city text);
CREATE TABLE t (id integer, a address, b address[]);
INSERT INTO t (id) VALUES (1);
CREATE FUNCTION f(address) RETURNS text LANGUAGE sql AS 'SELECT ($1).city';
