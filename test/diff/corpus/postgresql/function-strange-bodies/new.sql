CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
    -- a comment with 'quotes' and $$dollars$$ and ; semicolons
    RETURN 'two $$ \ ''' || E'\n\t';  
END
$body$;
CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT ''$function$''::text';
CREATE FUNCTION h() RETURNS void LANGUAGE sql AS '';
