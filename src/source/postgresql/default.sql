SELECT d.oid, a.attname AS name, 1259 AS parent_class, d.adrelid AS parent,
    ARRAY['1259:' || d.adrelid || ':' || d.adnum] AS needs,
    pg_get_expr(d.adbin, d.adrelid) AS value
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE a.attgenerated = '' AND d.adrelid >= 16384
