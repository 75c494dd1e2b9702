CREATE TABLE t (id integer NOT NULL, v text);
INSERT INTO t (v, id) VALUES ('x', 1);
