SELECT classoid AS class, objoid AS oid, objsubid AS subid, description AS text
FROM pg_description
WHERE objoid >= 16384 OR classoid IN (2615, 3079)
