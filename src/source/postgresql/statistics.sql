-- The columns are printed in their order in the table, which does not count: here by name.
SELECT s.oid, n.nspname AS schema, s.stxname AS name,
    pg_get_userbyid(s.stxowner) AS owner,
    coalesce((SELECT replace(pg_get_statisticsobjdef(s.oid), ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
                  ' ON ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname))
              FROM pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)),
        pg_get_statisticsobjdef(s.oid)) AS definition,
    coalesce(s.stxstattarget, -1) AS target
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
