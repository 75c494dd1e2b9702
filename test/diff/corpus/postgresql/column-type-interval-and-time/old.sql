CREATE TABLE t (id integer, i interval, tm time, y interval );
INSERT INTO t VALUES (1, '1 hour', '10:00', '1 year');
