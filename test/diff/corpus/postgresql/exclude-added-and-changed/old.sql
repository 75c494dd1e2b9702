CREATE TABLE t (c circle, r int4range, EXCLUDE USING gist (r WITH &&));
INSERT INTO t VALUES ('<(0,0),1>', '[1,3)'), ('<(9,9),1>', '[5,8)');
