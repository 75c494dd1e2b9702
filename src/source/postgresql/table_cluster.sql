SELECT 'cluster' AS name, 1259 AS parent_class, x.indrelid AS parent,
    ARRAY['1259:' || x.indexrelid || ':0'] AS needs,
    c.relname AS index
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
WHERE x.indisclustered AND x.indrelid >= 16384
