CREATE TYPE mood AS ENUM ('c', 'a', 'b');
CREATE TABLE t (m mood DEFAULT 'a', n mood[]);
CREATE INDEX t_m ON t (m);
INSERT INTO t VALUES ('a', '{b,c}'), ('c', NULL);
