CREATE TABLE t (a integer NOT NULL, b text);
INSERT INTO t VALUES (1, 'x');
