SELECT r.oid, n.nspname AS name, 6104 AS parent_class, r.pnpubid AS parent,
    ARRAY['2615:' || n.oid || ':0'] AS needs
FROM pg_publication_namespace r JOIN pg_namespace n ON n.oid = r.pnnspid
