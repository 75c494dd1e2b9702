SELECT t.oid, t.tgname AS name, 1259 AS parent_class, t.tgrelid AS parent,
    pg_get_triggerdef(t.oid) AS definition,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS enabled,
    t.tgparentid <> 0 AS is_clone,
    (SELECT CASE u.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END
     FROM pg_trigger u WHERE u.oid = t.tgparentid) AS state_of_origin
FROM pg_trigger t
WHERE t.oid >= 16384
    AND NOT t.tgisinternal --15+
--<15 AND (NOT t.tgisinternal OR t.tgparentid <> 0) -- a clone was an internal one then
    AND (t.tgparentid = 0 OR t.tgenabled <> (SELECT u.tgenabled FROM pg_trigger u WHERE u.oid = t.tgparentid))
    AND (SELECT p.pronamespace FROM pg_proc p WHERE p.oid = t.tgfoid) IS DISTINCT FROM to_regnamespace('rung') -- rung's guards
