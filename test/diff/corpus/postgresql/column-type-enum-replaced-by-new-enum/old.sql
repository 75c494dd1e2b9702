CREATE TYPE old_state AS ENUM ('x', 'y');
CREATE TABLE t (id integer, s old_state DEFAULT 'x');
CREATE VIEW v AS SELECT t.s FROM t;
INSERT INTO t VALUES (1, 'x'), (2, 'y');
