CREATE TABLE t (a bigint, j json, CHECK (j IS JSON OBJECT WITH UNIQUE KEYS));
CREATE VIEW v AS SELECT json_array(a, 2) AS x, json_object('k': a, 'l': 'm') AS y FROM t;
INSERT INTO t VALUES (1, '{}');
