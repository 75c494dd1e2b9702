CREATE TABLE t (a integer, who text DEFAULT current_user);
CREATE VIEW v AS SELECT any_value(a) AS a FROM t;
INSERT INTO t VALUES (1);
