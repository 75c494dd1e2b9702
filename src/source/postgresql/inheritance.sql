SELECT n.nspname AS schema, p.relname AS name, 1259 AS parent_class, c.oid AS parent,
    ARRAY['1259:' || p.oid || ':0'] AS needs,
    (SELECT count(*) FROM pg_inherits s WHERE s.inhrelid = c.oid AND s.inhseqno <= i.inhseqno) AS position
FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE NOT c.relispartition AND c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384
