SELECT r.oid, n.nspname AS schema, c.relname AS name, 6104 AS parent_class, r.prpubid AS parent,
    ARRAY['1259:' || c.oid || ':0'] AS needs
    , (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at) --15+
       FROM unnest(r.prattrs::smallint[]) WITH ORDINALITY k(number, at) --15+
           JOIN pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k.number) AS columns --15+
    , pg_get_expr(r.prqual, r.prrelid) AS condition --15+
FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
