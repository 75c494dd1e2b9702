CREATE FUNCTION lg_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE TRUSTED LANGUAGE lg HANDLER lg_handler;
GRANT USAGE ON LANGUAGE lg TO rung_alice;
