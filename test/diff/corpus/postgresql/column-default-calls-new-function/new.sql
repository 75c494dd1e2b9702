CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS $$SELECT 'c' || 1$$;
CREATE TABLE t (id integer, code text DEFAULT next_code());
INSERT INTO t VALUES (1, 'x');
