SELECT r.oid, r.rulename AS name, 1259 AS parent_class, r.ev_class AS parent,
    rtrim(pg_get_ruledef(r.oid), ';') AS definition,
    CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS enabled
FROM pg_rewrite r
WHERE r.rulename <> '_RETURN' AND r.oid >= 16384
