SELECT e.oid, e.evtname AS name, pg_get_userbyid(e.evtowner) AS owner,
    e.evtevent AS event, e.evttags AS tags, e.evtfoid::regproc AS function,
    CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS enabled
FROM pg_event_trigger e
