SELECT classoid AS class, objoid AS oid, objsubid AS subid, provider || '=' || label AS text
FROM pg_seclabel
ORDER BY provider
