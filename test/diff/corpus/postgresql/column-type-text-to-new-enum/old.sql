CREATE TABLE t (id integer, s varchar(10) DEFAULT 'new');
INSERT INTO t VALUES (1, 'new'), (2, 'done');
