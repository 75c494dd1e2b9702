CREATE TYPE point3 AS (x integer, y integer);
CREATE FUNCTION len(point3) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1.x';
CREATE TABLE p (at point3, CHECK (len(at) >= 0));
CREATE INDEX p_len ON p (len(at));
CREATE OPERATOR ## (FUNCTION = len, RIGHTARG = point3);
CREATE VIEW v AS SELECT ## p.at AS l FROM p;
