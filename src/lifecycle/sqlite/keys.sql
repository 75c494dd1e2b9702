-- Foreign keys, a row for each column. They are numbered from the last one in the text.
SELECT s.name, f.id, f."table", f."from", f."to", f.on_delete, f.on_update, f."match"
FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%'
ORDER BY s.name, f.id DESC, f.seq;
