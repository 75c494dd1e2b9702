CREATE TYPE a AS ENUM ('x', 'y');
CREATE TYPE b AS ENUM ('x', 'y', 'z');
CREATE TABLE t (id integer, s b NOT NULL DEFAULT 'x', l b[]);
INSERT INTO t VALUES (1, 'x', '{x,y}'), (2, 'y', NULL);
