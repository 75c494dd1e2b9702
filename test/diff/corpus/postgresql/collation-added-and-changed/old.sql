CREATE COLLATION a (LOCALE = 'C');
CREATE TABLE t (x text , y text COLLATE a);
CREATE INDEX t_y ON t (y);
INSERT INTO t VALUES ('x', 'y');
