CREATE FUNCTION f(text) RETURNS integer LANGUAGE internal STABLE STRICT AS 'textlen';
CREATE FUNCTION g(internal) RETURNS internal LANGUAGE internal AS 'arraycontsel';
