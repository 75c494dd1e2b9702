SELECT t.oid, n.nspname AS schema, t.tmplname AS name,
    array_remove(ARRAY[CASE WHEN t.tmplinit::oid <> 0 THEN 'INIT = ' || t.tmplinit END, 'LEXIZE = ' || t.tmpllexize], NULL) AS definition
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE t.oid >= 16384
