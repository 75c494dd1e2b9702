CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN dm AS integer;
CREATE TABLE t (a integer);
CREATE OPERATOR FAMILY ff USING gin;
CREATE OPERATOR CLASS arr FOR TYPE integer[] USING gin FAMILY ff AS OPERATOR 1 && (anyarray, anyarray), FUNCTION 1 btint4cmp(integer, integer), FUNCTION 2 ginarrayextract(anyarray, internal, internal), FUNCTION 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal), FUNCTION 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal), STORAGE integer;
