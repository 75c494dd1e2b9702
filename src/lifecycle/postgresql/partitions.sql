-- Partitions with their columns by number, and the topmost table of each.
SELECT c.oid, pg_partition_root(c.oid)::oid AS root, n.nspname AS schema, c.relname AS name,
    ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum) AS names
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')
