-- Tables with their columns, in order; the one of the name ?1, or all if that is NULL. Virtual tables
-- and what belongs to them have no keys.
SELECT t.name, s.sql, t.wr, c.name, c.type, c."notnull", c.pk
FROM pragma_table_list t JOIN sqlite_schema s ON s.type = 'table' AND s.name = t.name
    JOIN pragma_table_xinfo(t.name) c
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
    AND (?1 IS NULL OR lower(t.name) = lower(?1))
ORDER BY t.name, c.cid;
