SELECT c.oid, n.nspname AS schema, c.relname AS name, 1259 AS parent_class, x.indrelid AS parent,
    CASE WHEN c.reloptions IS NULL THEN pg_get_indexdef(c.oid) ELSE
        replace(pg_get_indexdef(c.oid),
            ' WITH (' || (SELECT string_agg(quote_ident(option_name) || '=' || CASE WHEN quote_ident(option_value) = option_value
                THEN option_value ELSE quote_literal(option_value) END, ', ') FROM pg_options_to_table(c.reloptions)) || ')', '')
    END AS definition,
    c.reloptions AS options,
    ts.spcname AS tablespace,
    NOT x.indisvalid AND c.relkind <> 'I' AS is_invalid,
    ARRAY(SELECT a.attnum || '=' || a.attstattarget FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum) AS statistics,
    c.relispartition AS is_attached,
    x.indisunique AS is_unique,
    am.amname AS method
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
    LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
WHERE r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't' AND c.oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = x.indrelid)
