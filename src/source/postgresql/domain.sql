SELECT t.oid, n.nspname AS schema, t.typname AS name,
    pg_get_userbyid(t.typowner) AS owner,
    coalesce(t.typacl, acldefault('T', t.typowner)) AS acl,
    format_type(t.typbasetype, t.typtypmod) AS base,
    CASE WHEN t.typcollation <> b.typcollation THEN
        (SELECT quote_ident(cn.nspname) || '.' || quote_ident(c.collname)
         FROM pg_collation c JOIN pg_namespace cn ON cn.oid = c.collnamespace WHERE c.oid = t.typcollation)
    END AS collation,
    CASE WHEN t.typdefaultbin IS NOT NULL THEN pg_get_expr(t.typdefaultbin, 0) ELSE quote_literal(t.typdefault) END AS value,
    t.typnotnull AS not_null
    , CASE WHEN nn.conname <> left(t.typname, 54) || '_not_null' THEN nn.conname END AS not_null_name --17+
    , obj_description(nn.oid, 'pg_constraint') AS not_null_comment --17+
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n' --17+
WHERE t.typtype = 'd' AND t.oid >= 16384
