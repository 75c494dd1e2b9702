CREATE TABLE zz (a integer);
CREATE FUNCTION z() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION a() RETURNS integer LANGUAGE sql AS 'SELECT public.z() + (SELECT count(*)::integer FROM public.zz)';
CREATE TABLE keep (a integer);
