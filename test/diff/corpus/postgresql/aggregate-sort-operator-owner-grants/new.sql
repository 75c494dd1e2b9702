CREATE AGGREGATE lo(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = >);
ALTER AGGREGATE lo(integer) OWNER TO rung_bob;
GRANT EXECUTE ON FUNCTION lo(integer) TO rung_carol;
CREATE AGGREGATE st(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '5');
