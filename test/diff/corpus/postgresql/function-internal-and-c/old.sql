CREATE FUNCTION f(text) RETURNS integer LANGUAGE internal IMMUTABLE AS 'textlen';
