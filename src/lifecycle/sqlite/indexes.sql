-- Indexes of the whole table with their columns; an expression has no name.
SELECT s.name, l.name, l."unique", x.name
FROM sqlite_schema s JOIN pragma_index_list(s.name) l JOIN pragma_index_xinfo(l.name) x
WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND NOT l.partial AND x.key
ORDER BY s.name, l.name, x.seqno;
