CREATE TABLE t (id integer, p lseg, v text);
-- nothing casts a segment to a box
