CREATE TYPE mood AS ENUM ('a');
CREATE TABLE t (id integer, m mood DEFAULT 'a');
INSERT INTO t VALUES (1, 'a');
