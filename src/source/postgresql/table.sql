SELECT c.oid, n.nspname AS schema, c.relname AS name,
    CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE' END AS title,
    pg_get_userbyid(c.relowner) AS owner,
    coalesce(c.relacl, acldefault('r', c.relowner)) AS acl,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
    am.amname AS access_method,
    ts.spcname AS tablespace,
    c.reloptions AS options,
    toast.reloptions AS toast_options,
    CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'DEFAULT' END AS replica_identity,
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
    fs.srvname AS server,
    ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value)
          FROM pg_options_to_table(ft.ftoptions) ORDER BY option_name) AS server_options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_am am ON am.oid = c.relam
    LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
    LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384
