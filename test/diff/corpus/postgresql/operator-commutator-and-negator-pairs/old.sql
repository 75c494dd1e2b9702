CREATE SCHEMA s;
CREATE FUNCTION s.lt(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) < length($2)';
CREATE FUNCTION s.gt(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) > length($2)';
CREATE FUNCTION s.ge(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT length($1) >= length($2)';
CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = text, RIGHTARG = text);
CREATE VIEW v AS SELECT 'a'::text OPERATOR(s.<<<) 'bb'::text AS shorter;
