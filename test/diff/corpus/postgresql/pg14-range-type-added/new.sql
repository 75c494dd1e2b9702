CREATE FUNCTION minutes(time, time) RETURNS double precision IMMUTABLE LANGUAGE sql AS 'SELECT extract(epoch FROM $1 - $2)::float8';
CREATE TYPE timerange AS RANGE (subtype = time, subtype_diff = minutes);
CREATE TABLE t (id integer, open timerange, many timemultirange DEFAULT '{}');
INSERT INTO t (id) VALUES (1);
