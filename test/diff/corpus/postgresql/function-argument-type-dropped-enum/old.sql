CREATE TYPE mood AS ENUM ('a', 'b');
CREATE FUNCTION f(x mood) RETURNS text LANGUAGE sql AS 'SELECT x::text';
