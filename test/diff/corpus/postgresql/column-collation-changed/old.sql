CREATE TABLE t (id integer, a text, b varchar(10) COLLATE "C");
CREATE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b COLLATE "C");
INSERT INTO t VALUES (1, 'x', 'y');
