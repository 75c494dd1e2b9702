-- fails: t.a: values that are no integer
CREATE TABLE t (a TEXT);
INSERT INTO t VALUES ('abc');
