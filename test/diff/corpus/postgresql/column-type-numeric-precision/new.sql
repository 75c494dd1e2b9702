CREATE TABLE t (id integer, price numeric(12,4), rate numeric(6,3) DEFAULT 1.5, f double precision);
INSERT INTO t VALUES (1, 5.25, 0.125, 0.5);
