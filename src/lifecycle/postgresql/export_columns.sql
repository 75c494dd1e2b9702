-- The columns of a table, and what their types are below their domains.
WITH RECURSIVE types (attnum, name, shown, type) AS (
    SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid
    FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT attnum, name, shown, t.typbasetype FROM types JOIN pg_type t ON t.oid = type WHERE t.typtype = 'd')
SELECT name, shown, format_type(type, NULL), false
FROM types WHERE NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = type AND t.typtype = 'd')
ORDER BY attnum
