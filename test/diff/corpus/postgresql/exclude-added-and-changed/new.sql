CREATE TABLE t (c circle, r int4range, EXCLUDE USING gist (r WITH -), EXCLUDE USING gist (c WITH &&) WHERE (r IS NOT NULL) DEFERRABLE);
