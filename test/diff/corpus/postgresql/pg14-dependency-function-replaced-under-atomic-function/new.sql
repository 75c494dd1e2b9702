CREATE FUNCTION low(integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION mid(integer) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN low($1);
CREATE FUNCTION high(integer) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN mid($1) + low($1);
CREATE TABLE t (a integer CHECK (high(a) > 0));
CREATE INDEX t_high ON t (high(a));
INSERT INTO t VALUES (1);
