CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t (id integer, m mood DEFAULT 'b' CHECK (m <> 'b' OR id > 0));
CREATE INDEX t_b ON t (id) WHERE m = 'b';
CREATE VIEW v AS SELECT t.id FROM t WHERE t.m = 'b'::mood;
INSERT INTO t VALUES (1, 'a');
