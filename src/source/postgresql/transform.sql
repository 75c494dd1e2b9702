SELECT t.oid, format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname) AS name,
    format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname) AS address,
    CASE WHEN t.trffromsql::oid <> 0 THEN t.trffromsql::regprocedure END AS from_sql,
    CASE WHEN t.trftosql::oid <> 0 THEN t.trftosql::regprocedure END AS to_sql
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
