CREATE TYPE mood AS ENUM ('a', 'b', 'c');
CREATE TABLE t (m mood PRIMARY KEY);
INSERT INTO t VALUES ('a'), ('b');
