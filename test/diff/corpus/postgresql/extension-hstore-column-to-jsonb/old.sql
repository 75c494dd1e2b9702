CREATE EXTENSION hstore;
CREATE TABLE t (id integer, attributes hstore);
INSERT INTO t VALUES (1, 'a=>1'), (2, NULL);
