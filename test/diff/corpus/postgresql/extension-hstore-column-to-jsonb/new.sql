CREATE EXTENSION hstore;
CREATE TABLE t (id integer, attributes jsonb);
