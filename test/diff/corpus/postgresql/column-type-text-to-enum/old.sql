CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE t (id integer, s text NOT NULL DEFAULT 'new');
CREATE INDEX t_s ON t (s);
INSERT INTO t VALUES (1, 'new'), (2, 'done');
