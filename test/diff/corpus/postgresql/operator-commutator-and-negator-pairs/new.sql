CREATE SCHEMA s;
CREATE FUNCTION s.lt(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) < length($2)';
CREATE FUNCTION s.gt(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) > length($2)';
CREATE FUNCTION s.ge(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) >= length($2)';
CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(s.>>>), NEGATOR = OPERATOR(s.>>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR s.>>> (FUNCTION = s.gt, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(s.<<<));
CREATE OPERATOR s.>>= (FUNCTION = s.ge, LEFTARG = text, RIGHTARG = text, NEGATOR = OPERATOR(s.<<<));
CREATE VIEW v AS SELECT 'a'::text OPERATOR(s.<<<) 'bb'::text AS shorter;
