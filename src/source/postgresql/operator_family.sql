SELECT f.oid, n.nspname AS schema, f.opfname AS name, quote_ident(a.amname) AS address,
    pg_get_userbyid(f.opfowner) AS owner
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod
WHERE f.oid >= 16384
