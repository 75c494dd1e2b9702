CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t (m mood DEFAULT 'a');
CREATE INDEX t_m ON t (m);
INSERT INTO t VALUES ('a'), ('b');
