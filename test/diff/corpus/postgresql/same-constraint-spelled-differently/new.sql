CREATE TABLE t (a int4, v character varying(3) DEFAULT 'x'::varchar, CONSTRAINT t_a_check CHECK ((a > 0)));
INSERT INTO t VALUES (1, 'a');
