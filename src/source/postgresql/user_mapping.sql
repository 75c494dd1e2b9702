-- The view shows the options to whom they belong and to superusers (src/backend/catalog/system_views.sql).
SELECT m.umid AS oid, CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END AS name,
    CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END || ' SERVER ' || quote_ident(m.srvname) AS address,
    1417 AS parent_class, m.srvid AS parent,
    NOT (m.umuser <> 0 AND m.usename = current_user
            AND (pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE'))
        OR m.umuser = 0 AND pg_has_role(s.srvowner, 'USAGE')
        OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)) AS is_hidden,
    ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value)
          FROM pg_options_to_table(m.umoptions) ORDER BY option_name) AS options
FROM pg_user_mappings m JOIN pg_foreign_server s ON s.oid = m.srvid
