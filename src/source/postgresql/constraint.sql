SELECT c.oid, c.conname AS name, 1259 AS parent_class, c.conrelid AS parent,
    c.contype AS type,
    CASE WHEN c.contype <> 'x' OR i.reloptions IS NULL THEN pg_get_constraintdef(c.oid) ELSE -- of keys it shows no options
        replace(pg_get_constraintdef(c.oid),
            ' WITH (' || (SELECT string_agg(quote_ident(option_name) || '=' || CASE WHEN quote_ident(option_value) = option_value
                THEN option_value ELSE quote_literal(option_value) END, ', ') FROM pg_options_to_table(i.reloptions)) || ')', '')
    END AS definition,
    i.reloptions AS index_options,
    ts.spcname AS tablespace,
    CASE WHEN c.conindid <> 0 AND c.contype IN ('p', 'u', 'x') THEN obj_description(c.conindid, 'pg_class') END AS index_comment,
    coalesce(i.relispartition, false) AS is_attached,
    c.conislocal AS is_local, c.coninhcount > 0 AS is_inherited,
    CASE WHEN c.conkey IS NOT NULL THEN
        ARRAY(SELECT a.attname FROM unnest(c.conkey) WITH ORDINALITY k(n, o)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.o)
    END AS columns,
    CASE WHEN c.confkey IS NOT NULL THEN
        ARRAY(SELECT a.attname FROM unnest(c.confkey) WITH ORDINALITY k(n, o)
              JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.o)
    END AS target_columns,
    CASE WHEN c.confrelid <> 0 THEN c.confrelid::regclass END AS target
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    LEFT JOIN pg_class i ON i.oid = c.conindid AND c.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_tablespace ts ON ts.oid = i.reltablespace
WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND c.conrelid >= 16384 AND r.relpersistence <> 't'
    AND NOT (c.contype = 'f' AND c.conparentid <> 0)
