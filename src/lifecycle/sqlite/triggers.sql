-- Triggers that may refuse a statement silently: the text says which do.
SELECT tbl_name, name, sql FROM sqlite_schema
WHERE type = 'trigger' AND sql LIKE '%delete%' AND sql LIKE '%ignore%'
ORDER BY name;
