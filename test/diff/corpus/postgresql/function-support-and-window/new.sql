CREATE FUNCTION f(integer) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'int4abs';
CREATE FUNCTION wn() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE FUNCTION st(anyelement, anyarray) RETURNS boolean LANGUAGE internal SUPPORT array_unnest_support AS 'array_ndims';
CREATE FUNCTION poly(anycompatible, VARIADIC anycompatiblearray) RETURNS anycompatible LANGUAGE sql AS 'SELECT $2[1]';
