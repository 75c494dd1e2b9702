SELECT d.oid, pg_get_userbyid(d.defaclrole) AS name, n.nspname AS schema,
    CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
        WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END AS address,
    CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
        WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END AS objects,
    pg_get_userbyid(d.defaclrole) AS acl_owner,
    d.defaclacl AS privileges,
    CASE WHEN d.defaclnamespace = 0 THEN
        acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)
    END AS builtin
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
