CREATE TYPE a AS ENUM ('x', 'y');
CREATE TYPE b AS ENUM ('x', 'y', 'z');
CREATE TABLE t (id integer, s a NOT NULL DEFAULT 'x', l a[]);
INSERT INTO t VALUES (1, 'x', '{x,y}'), (2, 'y', NULL);
