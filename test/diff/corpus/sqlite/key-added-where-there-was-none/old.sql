CREATE TABLE t (a);
INSERT INTO t (rowid, a) VALUES (4, 'x');
