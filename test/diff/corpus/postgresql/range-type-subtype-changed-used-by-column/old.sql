CREATE TYPE r AS RANGE (subtype = integer);
CREATE TABLE t (id integer, a r);
INSERT INTO t VALUES (1, '[1,5)');
