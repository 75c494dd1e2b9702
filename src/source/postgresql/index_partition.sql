SELECT n.nspname AS schema, p.relname AS name,
    CASE WHEN k.oid IS NULL THEN 1259 ELSE 2606 END AS parent_class, coalesce(k.oid, c.oid) AS parent,
    ARRAY['1259:' || p.oid || ':0'] AS needs,
    c.oid::regclass AS index
FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = p.relnamespace
    LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
WHERE c.relkind IN ('i', 'I') AND c.oid >= 16384
