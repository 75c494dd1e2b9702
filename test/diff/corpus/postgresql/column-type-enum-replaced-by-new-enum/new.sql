CREATE TYPE new_state AS ENUM ('x', 'y', 'z');
CREATE TABLE t (id integer, s new_state DEFAULT 'x');
CREATE VIEW v AS SELECT t.s FROM t;
INSERT INTO t VALUES (1, 'x'), (2, 'y');
