SELECT w.oid, w.fdwname AS name, pg_get_userbyid(w.fdwowner) AS owner,
    coalesce(w.fdwacl, acldefault('F', w.fdwowner)) AS acl,
    CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END AS handler,
    CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END AS validator,
    ARRAY(SELECT quote_ident(option_name) || ' ' || quote_literal(option_value)
          FROM pg_options_to_table(w.fdwoptions) ORDER BY option_name) AS options
FROM pg_foreign_data_wrapper w
