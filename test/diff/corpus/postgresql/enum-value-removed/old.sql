CREATE TYPE mood AS ENUM ('a', 'b', 'c');
CREATE TABLE t (id integer, m mood NOT NULL DEFAULT 'a');
INSERT INTO t VALUES (1, 'a'), (2, 'b');
