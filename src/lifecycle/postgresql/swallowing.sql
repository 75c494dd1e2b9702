-- What can refuse a DELETE silently: BEFORE DELETE row triggers (src/include/catalog/pg_trigger.h,
-- TRIGGER_TYPE_*: row 1, before 2, delete 8) and rules that do something else instead. rung's own guards
-- raise an error.
SELECT t.tgrelid, t.tgname
FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'rung\_guard\_%' AND t.tgparentid = 0 AND t.tgenabled NOT IN ('D', 'R') AND t.tgtype & 11 = 11
UNION ALL
SELECT r.ev_class, r.rulename
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE r.ev_type = '4' AND r.is_instead AND r.ev_enabled NOT IN ('D', 'R') AND c.relkind IN ('r', 'p')
ORDER BY 1, 2
