CREATE TABLE t (c circle, r int4range, EXCLUDE USING gist (r WITH &&));
