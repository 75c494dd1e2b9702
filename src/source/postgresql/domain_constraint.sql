SELECT c.oid, c.conname AS name, 1247 AS parent_class, c.contypid AS parent,
    pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c
WHERE c.contypid <> 0 AND c.contype = 'c' AND c.oid >= 16384
