CREATE TABLE t (a integer, c integer );
INSERT INTO t (a) VALUES (1);
