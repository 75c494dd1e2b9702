CREATE SCHEMA s;
CREATE TYPE public.mood AS ENUM ('a', 'b');
CREATE TABLE t (id integer, m public.mood DEFAULT 'a');
INSERT INTO t VALUES (1, 'a');
