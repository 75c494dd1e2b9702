CREATE TYPE mood AS ENUM ('a', 'a1', 'a2', 'b', 'b1', 'c');
CREATE TABLE t (m mood PRIMARY KEY);
INSERT INTO t VALUES ('a'), ('b');
