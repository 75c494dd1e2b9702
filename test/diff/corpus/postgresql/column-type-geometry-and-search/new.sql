CREATE TABLE t (id integer, p box, v tsvector);
-- nothing casts a box to a segment
