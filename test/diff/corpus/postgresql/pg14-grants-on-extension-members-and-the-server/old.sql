CREATE EXTENSION postgres_fdw;
CREATE EXTENSION hstore;
REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC;
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO rung_alice;
GRANT SELECT (rolname) ON pg_authid TO rung_alice;
