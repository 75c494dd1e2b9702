CREATE TYPE state AS ENUM ('a', 'b');
CREATE FUNCTION f(x state) RETURNS text LANGUAGE sql AS 'SELECT x::text';
