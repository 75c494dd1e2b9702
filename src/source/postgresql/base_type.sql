SELECT t.oid, n.nspname AS schema, t.typname AS name,
    pg_get_userbyid(t.typowner) AS owner,
    coalesce(t.typacl, acldefault('T', t.typowner)) AS acl,
    NOT t.typisdefined AS is_shell,
    CASE WHEN t.typisdefined THEN array_remove(ARRAY[
        'INPUT = ' || t.typinput::regproc, 'OUTPUT = ' || t.typoutput::regproc,
        'INTERNALLENGTH = ' || CASE WHEN t.typlen < 0 THEN 'VARIABLE' ELSE t.typlen::text END,
        CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
        'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
        CASE WHEN t.typcategory <> 'U' THEN 'CATEGORY = ' || quote_literal(t.typcategory::text) END,
        CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
        CASE WHEN t.typdefault IS NOT NULL THEN 'DEFAULT = ' || quote_literal(t.typdefault) END,
        CASE WHEN t.typelem <> 0 THEN 'ELEMENT = ' || format_type(t.typelem, NULL) END,
        CASE WHEN t.typdelim <> ',' THEN 'DELIMITER = ' || quote_literal(t.typdelim::text) END,
        CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END], NULL)
    END AS definition,
    CASE WHEN t.typisdefined THEN array_remove(ARRAY[
        CASE WHEN t.typreceive <> 0 THEN 'RECEIVE = ' || t.typreceive::regproc END,
        CASE WHEN t.typsend <> 0 THEN 'SEND = ' || t.typsend::regproc END,
        CASE WHEN t.typmodin <> 0 THEN 'TYPMOD_IN = ' || t.typmodin::regproc END,
        CASE WHEN t.typmodout <> 0 THEN 'TYPMOD_OUT = ' || t.typmodout::regproc END,
        CASE WHEN t.typanalyze <> 0 THEN 'ANALYZE = ' || t.typanalyze::regproc END,
        CASE WHEN t.typsubscript <> 0 AND t.typsubscript::regproc::text NOT IN ('array_subscript_handler', 'raw_array_subscript_handler') THEN 'SUBSCRIPT = ' || t.typsubscript::regproc END, --14+
        'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END], NULL)
    END AS settings
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND (t.typtype = 'b' AND t.typelem = 0 OR t.typtype = 'b' AND NOT EXISTS
    (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid) OR NOT t.typisdefined)
