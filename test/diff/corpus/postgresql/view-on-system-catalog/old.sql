CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT c.relname FROM pg_class c;
