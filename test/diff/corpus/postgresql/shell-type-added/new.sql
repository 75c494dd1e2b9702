CREATE TYPE later;
CREATE TABLE t (id integer);
