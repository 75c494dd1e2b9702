CREATE TYPE r AS RANGE (subtype = text, collation = "POSIX", multirange_type_name = rs);
CREATE TABLE t (id integer);
INSERT INTO t VALUES (1);
