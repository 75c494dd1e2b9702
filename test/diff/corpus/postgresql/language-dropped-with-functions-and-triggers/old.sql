CREATE FUNCTION lg_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lg_validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE "L g" HANDLER lg_handler VALIDATOR lg_validator;
CREATE FUNCTION f() RETURNS trigger LANGUAGE "L g" AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (a integer);
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
INSERT INTO t VALUES (1);
