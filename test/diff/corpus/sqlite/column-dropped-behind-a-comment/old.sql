CREATE TABLE t (a INTEGER, -- first, of two
  b INTEGER -- second
);
INSERT INTO t VALUES (1, 2);
