-- fails: several rows of i
CREATE TABLE t (a);
INSERT INTO t VALUES (1), (1), (NULL), (NULL);
