CREATE TABLE t (a DEFAULT +1, b DEFAULT x'ff', c DEFAULT (datetime('now')), d DEFAULT NULL, e DEFAULT word, f DEFAULT "Quoted");
INSERT INTO t VALUES (1, 2, 3, 4, 5, 6);
