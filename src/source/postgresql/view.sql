SELECT c.oid, n.nspname AS schema, c.relname AS name,
    pg_get_userbyid(c.relowner) AS owner,
    coalesce(c.relacl, acldefault('r', c.relowner)) AS acl,
    rtrim(pg_get_viewdef(c.oid), ';') AS query,
    ARRAY(SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
              CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
    c.reloptions AS options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND c.oid >= 16384
