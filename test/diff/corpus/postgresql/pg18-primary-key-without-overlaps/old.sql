CREATE EXTENSION btree_gist;
CREATE TABLE t (id integer, at daterange);
INSERT INTO t VALUES (1, '[2024-01-01,2024-02-01)');
