CREATE TABLE t (id bigint , v text);
