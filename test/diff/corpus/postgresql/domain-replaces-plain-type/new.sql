CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE t (id integer, e email NOT NULL);
INSERT INTO t VALUES (1, 'a@b');
