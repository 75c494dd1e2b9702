CREATE TABLE thing (id integer);
CREATE FUNCTION thing() RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION thing(thing) RETURNS integer LANGUAGE sql AS 'SELECT $1.id';
CREATE SCHEMA thing;
CREATE TABLE thing.thing (thing integer, CONSTRAINT thing CHECK (thing > 0));
CREATE COLLATION thing FROM "C";
