CREATE TABLE t (id integer, price numeric(8,2), rate numeric DEFAULT 1.5, f real);
INSERT INTO t VALUES (1, 5.25, 0.125, 0.5);
