CREATE TYPE filler AS ENUM ('q');
CREATE DOMAIN mood AS text CHECK (VALUE IN ('a', 'b'));
CREATE TABLE t (id integer, m mood DEFAULT 'a');
INSERT INTO t VALUES (1, 'a');
