CREATE EXTENSION btree_gist;
CREATE TABLE t (id integer, at daterange, UNIQUE (id, at));
CREATE TABLE u (id integer, t_id integer, at daterange, FOREIGN KEY (t_id, at) REFERENCES t (id, at));
INSERT INTO t VALUES (1, '[2024-01-01,2024-02-01)');
INSERT INTO u VALUES (1, 1, '[2024-01-01,2024-02-01)');
