CREATE TABLE t (a integer, j json, CHECK (j IS JSON OBJECT));
CREATE VIEW v AS SELECT json_array(a, 1) AS x FROM t;
INSERT INTO t VALUES (1, '{}');
