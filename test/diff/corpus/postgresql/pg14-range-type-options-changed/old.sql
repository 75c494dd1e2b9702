CREATE TYPE r AS RANGE (subtype = text, collation = "C");
CREATE TABLE t (id integer);
INSERT INTO t VALUES (1);
