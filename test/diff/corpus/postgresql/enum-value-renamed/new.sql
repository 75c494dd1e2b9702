CREATE TYPE mood AS ENUM ('a', 'better');
CREATE TABLE t (m mood);
INSERT INTO t VALUES ('a');
