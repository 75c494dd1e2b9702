-- Tables with their columns by number (a dropped one has the type "-"), partitions left out; those of
-- the name $1, or all if that is NULL.
-- Rows and bytes are what the server last counted, -1 for a table that it never counted: to ask for its
-- size would wait for who has it locked.
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
    ARRAY(SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parents,
    a.names, a.types, a.not_null, p.conkey AS primary_key, s.rows, s.bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
    CROSS JOIN LATERAL (
        SELECT array_agg(a.attname) AS names, array_agg(format_type(a.atttypid, a.atttypmod)) AS types,
            array_agg(CASE WHEN a.attnotnull THEN true WHEN a.atttypid < 16384 THEN false -- no domain of a user
                ELSE (SELECT t.typnotnull FROM pg_type t WHERE t.oid = a.atttypid) END) AS not_null
        FROM (SELECT * FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 ORDER BY attnum) a) a
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(f.bytes < 0) THEN -1 ELSE coalesce(sum(f.bytes), 0)::bigint END AS bytes,
            CASE WHEN bool_or(f.rows < 0) THEN -1 ELSE coalesce(sum(f.rows), 0)::bigint END AS rows
        FROM (SELECT c.relkind, c.oid, c.relpages, c.reltuples WHERE c.relkind = 'r'
              UNION ALL
              SELECT r.relkind, r.oid, r.relpages, r.reltuples
              FROM pg_partition_tree(c.oid) JOIN pg_class r ON r.oid = relid
              WHERE c.relkind = 'p' AND isleaf) r
            CROSS JOIN LATERAL (
                SELECT CASE WHEN r.relpages > 0 AND r.reltuples >= 0 THEN r.relpages * current_setting('block_size')::bigint ELSE -1 END AS bytes,
                    CASE WHEN r.relpages > 0 AND r.reltuples >= 0 THEN round(r.reltuples::float8) ELSE -1 END AS rows) f) s
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('rung', 'pg_catalog', 'information_schema', 'pg_toast')
    AND ($1::text IS NULL OR c.relname = $1 OR n.nspname || '.' || c.relname = $1)
