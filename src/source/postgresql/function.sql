-- Where one procedure's types could mean another one, its identity tells the modes (PostgreSQL 14 and later).
SELECT p.oid, n.nspname AS schema, p.proname AS name, oidvectortypes(p.proargtypes) AS address,
    CASE p.prokind WHEN 'p' THEN 'PROCEDURE' END AS title,
    pg_get_userbyid(p.proowner) AS owner,
    coalesce(p.proacl, acldefault('f', p.proowner)) AS acl,
    rtrim(pg_get_functiondef(p.oid), E'\n') AS definition,
    pg_get_function_result(p.oid) AS result,
    ARRAY(SELECT coalesce(p.proargmodes[k]::text, 'i') || ' ' || coalesce(p.proargnames[k], '')
          FROM generate_series(1, greatest(p.pronargs, coalesce(array_length(p.proallargtypes, 1), 0))) k) AS arguments,
    CASE WHEN p.prokind = 'p' AND p.proallargtypes IS NOT NULL OR p.prokind = 'p' AND EXISTS
            (SELECT FROM pg_proc q WHERE q.proname = p.proname AND q.pronamespace = p.pronamespace AND q.oid <> p.oid) THEN
        (SELECT string_agg(CASE p.proargmodes[k] WHEN 'o' THEN 'OUT ' WHEN 'b' THEN 'INOUT ' WHEN 'v' THEN 'VARIADIC ' ELSE 'IN ' END ||
             format_type(coalesce(p.proallargtypes[k], p.proargtypes[k - 1]), NULL), ', ' ORDER BY k)
         FROM generate_series(1, greatest(p.pronargs, coalesce(array_length(p.proallargtypes, 1), 0))) k)
    END AS identity,
    p.pronargdefaults AS defaults,
    l.lanname AS language,
    p.prosrc AS body,
    p.prokind = 'w' AS is_window
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w') AND p.oid >= 16384 AND n.nspname !~ '^pg_temp'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'i')
