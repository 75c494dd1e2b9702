CREATE TYPE address AS (street varchar(10), no integer, t text COLLATE "C");
COMMENT ON COLUMN address.no IS 'number';
CREATE FUNCTION f() RETURNS address LANGUAGE sql AS $$SELECT ROW('x', 1, 't')::address$$;
