CREATE TABLE t (a integer CHECK (a>0), v varchar(3) DEFAULT 'x');
INSERT INTO t VALUES (1, 'a');
