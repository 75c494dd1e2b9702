SELECT p.oid, n.nspname AS schema, p.prsname AS name,
    array_remove(ARRAY['START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend,
        CASE WHEN p.prsheadline::oid <> 0 THEN 'HEADLINE = ' || p.prsheadline END,
        'LEXTYPES = ' || p.prslextype], NULL) AS definition
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE p.oid >= 16384
