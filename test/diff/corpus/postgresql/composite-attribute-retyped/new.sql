CREATE TYPE address AS (street varchar(20), no bigint, t text COLLATE "POSIX");
COMMENT ON COLUMN address.no IS 'house number';
CREATE FUNCTION f() RETURNS address LANGUAGE sql AS $$SELECT ROW('x', 1, 't')::address$$;
