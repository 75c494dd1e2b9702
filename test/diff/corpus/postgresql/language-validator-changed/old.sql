CREATE FUNCTION lg_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lg_inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE  LANGUAGE lg HANDLER lg_handler;
CREATE FUNCTION f() RETURNS integer LANGUAGE lg AS 'BEGIN RETURN 1; END';
CREATE TABLE t (a integer DEFAULT f());
ALTER LANGUAGE lg OWNER TO CURRENT_USER;
INSERT INTO t VALUES (1);
