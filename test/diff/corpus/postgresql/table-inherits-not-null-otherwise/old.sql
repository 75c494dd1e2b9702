CREATE TABLE p (a integer NOT NULL, b integer);
CREATE TABLE t (a integer, b integer NOT NULL);
