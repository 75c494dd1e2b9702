SELECT a.attrelid AS oid, a.attnum AS subid, a.attname AS name, 1259 AS parent_class, a.attrelid AS parent,
    CASE WHEN a.attacl IS NOT NULL THEN pg_get_userbyid(c.relowner) END AS acl_owner,
    a.attacl AS acl,
    CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS storage,
    CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS type_storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, --14+
    coalesce(a.attstattarget, -1) AS statistics,
    -- pg_attver is the server's own (15.20 and its likes): pg_dump leaves it out too
    CASE WHEN a.attoptions[1] LIKE 'pg\_attver=%' AND a.attoptions[2] IS NULL THEN NULL
        WHEN a.attoptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%')
    END AS options
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    AND (a.attacl IS NOT NULL OR EXISTS (SELECT FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%') OR a.attstattarget >= 0 OR a.attstorage <> t.typstorage
        OR a.attcompression <> '' --14+
        OR EXISTS (SELECT FROM pg_description d WHERE d.classoid = 1259 AND d.objoid = c.oid AND d.objsubid = a.attnum)
        OR EXISTS (SELECT FROM pg_seclabel l WHERE l.classoid = 1259 AND l.objoid = c.oid AND l.objsubid = a.attnum))
