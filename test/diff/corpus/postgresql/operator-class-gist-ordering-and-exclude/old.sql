CREATE TABLE t (p point, c circle);
INSERT INTO t VALUES ('(1,2)', '<(0,0),1>');
