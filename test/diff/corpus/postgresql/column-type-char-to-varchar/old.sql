CREATE TABLE t (id integer, c char(5), d "char", b bit(4));
INSERT INTO t VALUES (1, 'abcde', 'x', '1010');
