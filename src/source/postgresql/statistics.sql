SELECT s.oid, n.nspname AS schema, s.stxname AS name,
    pg_get_userbyid(s.stxowner) AS owner,
    pg_get_statisticsobjdef(s.oid) AS definition,
    coalesce(s.stxstattarget, -1) AS target
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
