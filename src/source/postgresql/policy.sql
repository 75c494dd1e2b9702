SELECT p.oid, p.polname AS name, 1259 AS parent_class, p.polrelid AS parent,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
    NOT p.polpermissive AS is_restrictive,
    ARRAY(SELECT CASE WHEN role = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END
          FROM unnest(p.polroles) role ORDER BY 1) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS visible,
    pg_get_expr(p.polwithcheck, p.polrelid) AS allowed
FROM pg_policy p
