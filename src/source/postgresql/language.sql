SELECT l.oid, l.lanname AS name, pg_get_userbyid(l.lanowner) AS owner,
    coalesce(l.lanacl, acldefault('l', l.lanowner)) AS acl,
    l.lanpltrusted AS is_trusted,
    CASE WHEN l.lanplcallfoid <> 0 THEN l.lanplcallfoid::regproc::text END AS handler,
    CASE WHEN l.laninline <> 0 THEN l.laninline::regproc::text END AS inline_handler,
    CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::regproc::text END AS validator
FROM pg_language l
WHERE l.lanispl
