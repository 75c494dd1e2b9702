-- A number that another one follows when something in the schema of users' objects changes: what
-- ANALYZE and VACUUM write leaves xmin as it is.
WITH n AS (
    SELECT oid, xmin FROM pg_namespace
    WHERE nspname NOT IN ('rung', 'information_schema') AND nspname !~ '^pg_'
), c AS (
    SELECT oid, xmin FROM pg_class
    WHERE relnamespace IN (SELECT oid FROM n) AND relpersistence <> 't'
), rows (kind, id, part, version) AS (
    SELECT 1, oid, 0, xmin FROM c
    UNION ALL SELECT 2, attrelid, attnum, xmin FROM pg_attribute WHERE attrelid IN (SELECT oid FROM c)
    UNION ALL SELECT 3, oid, 0, xmin FROM pg_attrdef WHERE adrelid IN (SELECT oid FROM c)
    UNION ALL SELECT 4, oid, 0, xmin FROM pg_constraint WHERE connamespace IN (SELECT oid FROM n)
    UNION ALL SELECT 5, oid, 0, xmin FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM c)
    UNION ALL SELECT 6, oid, 0, xmin FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM c)
    UNION ALL SELECT 7, oid, 0, xmin FROM pg_policy WHERE polrelid IN (SELECT oid FROM c)
    UNION ALL SELECT 8, oid, 0, xmin FROM pg_proc WHERE pronamespace IN (SELECT oid FROM n)
    UNION ALL SELECT 9, e.oid, 0, e.xmin FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
        WHERE t.typnamespace IN (SELECT oid FROM n)
    UNION ALL SELECT 10, oid, 0, xmin FROM n
)
SELECT count(*) || '.' || coalesce(sum(hashtext(concat_ws('.', kind, id, part, version))::bigint), 0)
FROM rows
