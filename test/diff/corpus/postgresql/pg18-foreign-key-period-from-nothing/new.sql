CREATE EXTENSION btree_gist;
CREATE TABLE u (id integer, t_id integer, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
CREATE TABLE t (id integer, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
ALTER TABLE u ADD FOREIGN KEY (t_id, PERIOD at) REFERENCES t;
