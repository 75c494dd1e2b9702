CREATE TABLE pg_stat (a integer, b integer);
CREATE TABLE pg_class (oid integer, relname text, extra integer);
CREATE VIEW v AS SELECT p.oid FROM public.pg_class p;
CREATE TYPE text AS ENUM ('a', 'b');
CREATE TABLE t (x public.text, y pg_catalog.text DEFAULT 'q');
CREATE FUNCTION lower(public.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT $1::pg_catalog.text';
INSERT INTO t VALUES ('a', 'b');
