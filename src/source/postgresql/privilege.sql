-- Privileges on what the server or an extension made, where they are not those that it made it with.
-- For the server's own only pg_catalog (11): pg_init_privs does not know information_schema.
WITH given AS (
    SELECT 1259 AS class, c.oid, 0 AS subid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS title, NULL::name AS name,
        c.relowner AS owner, c.relacl AS acl, (CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char" AS type, c.relnamespace AS schema
    FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
    UNION ALL SELECT 1259, a.attrelid, a.attnum, 'COLUMN', a.attname, c.relowner, a.attacl, 'c', c.relnamespace
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    UNION ALL SELECT 1255, oid, 0, CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, NULL, proowner, proacl, 'f', pronamespace FROM pg_proc
    UNION ALL SELECT 1247, oid, 0, 'TYPE', NULL, typowner, typacl, 'T', typnamespace FROM pg_type
    UNION ALL SELECT 2615, oid, 0, 'SCHEMA', NULL, nspowner, nspacl, 'n', oid FROM pg_namespace
    UNION ALL SELECT 2612, oid, 0, 'LANGUAGE', NULL, lanowner, lanacl, 'l', 11 FROM pg_language
    UNION ALL SELECT 2328, oid, 0, 'FOREIGN DATA WRAPPER', NULL, fdwowner, fdwacl, 'F', 11 FROM pg_foreign_data_wrapper
    UNION ALL SELECT 1417, oid, 0, 'FOREIGN SERVER', NULL, srvowner, srvacl, 'S', 11 FROM pg_foreign_server)
SELECT g.title, coalesce(g.name, g.title) AS name, i.identity AS address,
    pg_get_userbyid(g.owner) AS acl_owner, pg_get_userbyid(g.owner) AS holder,
    coalesce(g.acl, acldefault(g.type, g.owner)) AS privileges,
    coalesce(p.initprivs, acldefault(g.type, g.owner)) AS initial,
    ARRAY[g.class || ':' || g.oid || ':0'] AS needs
FROM given g LEFT JOIN pg_init_privs p ON p.classoid = g.class AND p.objoid = g.oid AND p.objsubid = g.subid
    CROSS JOIN pg_identify_object(g.class, g.oid, 0) i
WHERE (g.acl IS NOT NULL OR p.initprivs IS NOT NULL)
    AND coalesce(g.acl, acldefault(g.type, g.owner)) IS DISTINCT FROM coalesce(p.initprivs, acldefault(g.type, g.owner))
    AND (g.oid < 16384 AND g.schema = 11 OR EXISTS
        (SELECT FROM pg_depend e WHERE e.classid = g.class AND e.objid = g.oid AND e.deptype = 'e'))
