CREATE TYPE address AS (street text, city text, country char(2));
CREATE TABLE t (id integer, a address, b address[]);
CREATE FUNCTION f(address) RETURNS text LANGUAGE sql AS 'SELECT ($1).city';
