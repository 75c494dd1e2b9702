SELECT t.oid, n.nspname AS schema, t.typname AS name,
    pg_get_userbyid(t.typowner) AS owner,
    coalesce(t.typacl, acldefault('T', t.typowner)) AS acl,
    ARRAY(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS values
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND t.oid >= 16384
