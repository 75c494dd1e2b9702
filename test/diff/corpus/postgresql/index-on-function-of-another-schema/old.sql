CREATE SCHEMA util;
CREATE TABLE t (a text);
INSERT INTO t VALUES ('A'), ('b');
