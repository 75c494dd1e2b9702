CREATE FUNCTION f(integer) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'int4abs';
CREATE FUNCTION wd() RETURNS bigint LANGUAGE internal WINDOW AS 'window_rank';
CREATE FUNCTION st(anyelement, anyarray) RETURNS boolean LANGUAGE internal  AS 'array_ndims';
CREATE FUNCTION poly(anycompatible, VARIADIC anycompatiblearray) RETURNS anycompatible LANGUAGE sql AS 'SELECT $1';
