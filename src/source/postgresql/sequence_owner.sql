SELECT 'owner' AS name, 1259 AS parent_class, c.oid AS parent,
    ARRAY['1259:' || d.refobjid || ':' || d.refobjsubid] AS needs,
    d.refobjid::regclass || '.' || quote_ident(a.attname) AS column
FROM pg_class c JOIN pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 1259
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND d.deptype = 'a' AND c.oid >= 16384
