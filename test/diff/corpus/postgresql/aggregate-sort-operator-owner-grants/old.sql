CREATE AGGREGATE lo(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);
ALTER AGGREGATE lo(integer) OWNER TO rung_alice;
REVOKE ALL ON FUNCTION lo(integer) FROM PUBLIC;
CREATE AGGREGATE st(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
