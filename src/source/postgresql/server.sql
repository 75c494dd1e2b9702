SELECT s.oid, s.srvname AS name, pg_get_userbyid(s.srvowner) AS owner,
    coalesce(s.srvacl, acldefault('S', s.srvowner)) AS acl,
    w.fdwname AS wrapper,
    s.srvtype AS type,
    s.srvversion AS version,
    ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value)
          FROM pg_options_to_table(s.srvoptions) ORDER BY option_name) AS options
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
