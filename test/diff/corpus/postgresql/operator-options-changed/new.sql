CREATE FUNCTION eq(integer, integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';
CREATE FUNCTION ne(integer, integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 <> $2';
CREATE OPERATOR === (FUNCTION = eq, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = ===, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR !== (FUNCTION = ne, LEFTARG = integer, RIGHTARG = integer, NEGATOR = ===, COMMUTATOR = !==);
COMMENT ON OPERATOR === (integer, integer) IS 'y';
