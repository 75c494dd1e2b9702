CREATE TABLE t (a integer NOT NULL, b integer CONSTRAINT "b is there" NOT NULL, c integer CONSTRAINT c_too NOT NULL);
INSERT INTO t VALUES (1, 2, 3);
