SELECT a.oid, a.amname AS name,
    CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END AS type,
    a.amhandler AS handler
FROM pg_am a
WHERE a.oid >= 16384
