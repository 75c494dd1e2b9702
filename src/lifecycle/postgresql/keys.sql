-- Foreign keys that were declared (their copies on partitions have a parent), each with an index
-- that serves a DELETE above it: valid, whole, of the column's collation, and beginning with the
-- key's columns in any order. confdelsetcols is PostgreSQL 15's, conenforced 18's.
SELECT c.conname AS name, c.conrelid, c.confrelid, c.confdeltype, c.confupdtype, c.confmatchtype = 'f' AS match_full,
    c.condeferrable, c.condeferred, c.convalidated,
    c.convalidated OR coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) AS enforced,
    c.conkey AS columns, c.confkey AS targets,
    CASE WHEN c.confdeltype IN ('n', 'd') THEN translate(to_jsonb(c) ->> 'confdelsetcols', '[] ', '{}') END AS set_columns,
    (SELECT ic.relname
     FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am m ON m.oid = ic.relam
     WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL AND m.amname IN ('btree', 'hash')
         AND i.indnkeyatts >= cardinality(c.conkey)
         AND CASE WHEN cardinality(c.conkey) = 1 THEN i.indkey[0] = c.conkey[1] ELSE
             (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey END
         AND NOT EXISTS (
             SELECT FROM pg_attribute a JOIN generate_series(0, cardinality(c.conkey) - 1) p(at) ON i.indkey[p.at] = a.attnum
             WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND i.indcollation[p.at] <> a.attcollation)
     ORDER BY i.indnkeyatts, ic.relname LIMIT 1) AS index
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 AND r.relpersistence <> 't' AND n.nspname <> 'rung'
