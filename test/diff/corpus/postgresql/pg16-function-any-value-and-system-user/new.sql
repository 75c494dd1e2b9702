CREATE TABLE t (a integer, who text DEFAULT system_user);
CREATE VIEW v AS SELECT any_value(a) AS a, 0x1F AS b, 1_000 AS c FROM t;
INSERT INTO t VALUES (1);
