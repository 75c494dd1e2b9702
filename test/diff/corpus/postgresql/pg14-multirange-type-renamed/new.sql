CREATE TYPE span AS RANGE (subtype = numeric, multirange_type_name = many_spans);
CREATE TABLE t (a integer, b text, c many_spans);
INSERT INTO t VALUES (1, 'x');
