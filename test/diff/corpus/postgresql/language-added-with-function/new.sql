CREATE FUNCTION lg_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lg_inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION lg_validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE lg HANDLER lg_handler INLINE lg_inline VALIDATOR lg_validator;
CREATE FUNCTION f() RETURNS integer LANGUAGE lg AS 'BEGIN RETURN 1; END';
COMMENT ON LANGUAGE lg IS 'another';
CREATE TABLE t (a integer);
