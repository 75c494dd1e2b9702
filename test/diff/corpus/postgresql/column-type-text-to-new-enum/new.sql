CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE t (id integer, s state DEFAULT 'new');
INSERT INTO t VALUES (1, 'new'), (2, 'done');
