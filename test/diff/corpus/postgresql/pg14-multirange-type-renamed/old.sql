CREATE TYPE span AS RANGE (subtype = numeric, multirange_type_name = spans);
CREATE TABLE t (a integer, b text);
INSERT INTO t VALUES (1, 'x');
