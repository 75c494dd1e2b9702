-- A partition has its identity from the partitioned table since 17, and cannot have one of its own.
SELECT a.attrelid AS oid, a.attnum AS subid, a.attname AS name, 1259 AS parent_class, a.attrelid AS parent,
    CASE WHEN a.attacl IS NOT NULL THEN pg_get_userbyid(c.relowner) END AS acl_owner,
    a.attacl AS acl,
    format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN a.attcollation <> t.typcollation THEN
        (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
         FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation)
    END AS collation,
    a.attnotnull AS not_null,
    CASE WHEN nn.conname <> left(c.relname || '_' || a.attname, 54) || '_not_null' THEN nn.conname END AS not_null_name, --18+
    coalesce(nn.connoinherit, false) AS not_null_no_inherit, --18+
    coalesce(NOT nn.convalidated, false) AS not_null_not_valid, --18+
    coalesce(NOT nn.conislocal, false) AS not_null_inherited, --18+
    nd.description AS not_null_comment, --18+
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
    a.attgenerated = 'v' AS is_virtual,
    CASE
        WHEN c.relispartition THEN NULL --17+
        WHEN a.attidentity = 'a' THEN 'ALWAYS' WHEN a.attidentity = 'd' THEN 'BY DEFAULT' END AS identity,
    CASE WHEN a.attidentity <> '' THEN
        (SELECT s.objid::regclass::text FROM pg_depend s WHERE s.classid = 1259 AND s.refclassid = 1259
            AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'i')
    END AS identity_sequence,
    CASE WHEN a.attidentity <> '' THEN
        (SELECT array_remove(ARRAY[CASE WHEN q.seqtypid <> a.atttypid THEN 'AS ' || format_type(q.seqtypid, NULL) END,
                      'START WITH ' || q.seqstart, 'INCREMENT BY ' || q.seqincrement, 'MINVALUE ' || q.seqmin,
                      'MAXVALUE ' || q.seqmax, 'CACHE ' || q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END], NULL)
         FROM pg_depend s JOIN pg_sequence q ON q.seqrelid = s.objid WHERE s.classid = 1259 AND s.refclassid = 1259
            AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'i')
    END AS identity_options,
    CASE WHEN a.attidentity <> '' THEN --15+
        (SELECT CASE q.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END --15+
         FROM pg_depend s JOIN pg_class q ON q.oid = s.objid AND q.relpersistence <> c.relpersistence --15+
         WHERE s.classid = 1259 AND s.refclassid = 1259 AND s.refobjid = a.attrelid --15+
             AND s.refobjsubid = a.attnum AND s.deptype = 'i') --15+
    END AS identity_persistence, --15+
    CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS storage,
    CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS type_storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, --14+
    coalesce(a.attstattarget, -1) AS statistics,
    -- pg_attver is the server's own (15.20 and its likes): pg_dump leaves it out too
    CASE WHEN a.attoptions[1] LIKE 'pg\_attver=%' AND a.attoptions[2] IS NULL THEN NULL
        WHEN a.attoptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%')
    END AS options,
    CASE WHEN c.relkind = 'f' THEN
        ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value)
              FROM pg_options_to_table(a.attfdwoptions) ORDER BY option_name)
    END AS server_options,
    a.attislocal AS is_local, a.attinhcount > 0 AS is_inherited, a.attnum AS position
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> ''
    LEFT JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum --18+
    LEFT JOIN pg_description nd ON nd.classoid = 2606 AND nd.objoid = nn.oid AND nd.objsubid = 0 --18+
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384
    AND a.attnum > 0 AND NOT a.attisdropped
