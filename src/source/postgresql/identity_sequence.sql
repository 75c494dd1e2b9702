SELECT c.oid, n.nspname AS schema, c.relname AS name, 1259 AS parent_class, d.refobjid AS parent, d.refobjsubid AS parent_sub,
    pg_get_userbyid(c.relowner) AS acl_owner,
    coalesce(c.relacl, acldefault('s', c.relowner)) AS acl
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.refclassid = 1259 AND d.deptype = 'i'
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND c.oid >= 16384
