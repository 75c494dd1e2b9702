-- The locale has had three names: colllocale since 17, colliculocale in 15 and 16, collcollate before.
SELECT c.oid, n.nspname AS schema, c.collname AS name, pg_get_userbyid(c.collowner) AS owner,
    array_remove(ARRAY[
        'PROVIDER = ' || CASE c.collprovider WHEN 'b' THEN 'builtin' WHEN 'i' THEN 'icu' WHEN 'd' THEN 'default' ELSE 'libc' END,
        CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END,
        CASE WHEN c.collprovider <> 'c' OR c.collcollate = c.collctype THEN 'LOCALE = ' ||
            quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate)) END,
        CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype THEN 'LC_COLLATE = ' || quote_literal(c.collcollate) END,
        CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype THEN 'LC_CTYPE = ' || quote_literal(c.collctype) END,
        'RULES = ' || quote_literal(c.collicurules), --16+
        NULL], NULL) AS definition
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE c.oid >= 16384 AND c.collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
