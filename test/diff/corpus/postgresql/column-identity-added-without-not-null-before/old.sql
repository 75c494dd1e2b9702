CREATE TABLE t (id bigint , v text);
INSERT INTO t (id, v) VALUES (1, 'x');
