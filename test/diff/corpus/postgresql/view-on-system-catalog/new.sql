CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT c.relname, c.relkind FROM pg_class c;
CREATE VIEW w AS SELECT i.table_name FROM information_schema.tables i;
