CREATE SCHEMA s;
CREATE TYPE s.mood AS ENUM ('a', 'b');
CREATE TABLE t (id integer, m s.mood DEFAULT 'a');
INSERT INTO t VALUES (1, 'a');
