CREATE TABLE t (c circle, r int4range, EXCLUDE USING gist (r WITH -|-), EXCLUDE USING gist (c WITH &&) WHERE (r IS NOT NULL) DEFERRABLE);
INSERT INTO t VALUES ('<(0,0),1>', '[1,3)'), ('<(9,9),1>', '[5,8)');
