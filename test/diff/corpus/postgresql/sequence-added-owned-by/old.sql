CREATE TABLE t (id integer NOT NULL, v text);
INSERT INTO t (id) VALUES (1);
