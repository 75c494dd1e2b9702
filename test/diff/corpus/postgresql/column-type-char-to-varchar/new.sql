CREATE TABLE t (id integer, c varchar(5), d text, b bit varying(8));
INSERT INTO t VALUES (1, 'abcde', 'x', '1010');
