SELECT n.oid, n.nspname AS name,
    pg_get_userbyid(n.nspowner) AS owner,
    coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
