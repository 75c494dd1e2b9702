CREATE FUNCTION from_i(internal) RETURNS internal LANGUAGE internal STRICT AS 'prsd_lextype';
CREATE FUNCTION to_i(internal) RETURNS integer LANGUAGE internal STRICT AS 'int4recv';
CREATE FUNCTION lg_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE lg HANDLER lg_handler;
CREATE TRANSFORM FOR integer LANGUAGE lg (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
CREATE FUNCTION f(integer) RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE lg AS 'BEGIN RETURN 1; END';
