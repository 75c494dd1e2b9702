-- The columns of a table, those that are computed too, and whether it has no rowid.
SELECT c.name, c.type, c.type, (SELECT t.wr FROM pragma_table_list t WHERE t.schema = 'main' AND t.name = ?1)
FROM pragma_table_xinfo(?1) c WHERE c.hidden <> 1 ORDER BY c.cid
