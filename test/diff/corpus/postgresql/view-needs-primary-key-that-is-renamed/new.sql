CREATE TABLE t (id integer, name text, CONSTRAINT t_key PRIMARY KEY (id));
CREATE VIEW v AS SELECT t.id, t.name, count(*) AS n FROM t GROUP BY t.id;
CREATE VIEW w AS SELECT v.n FROM v;
INSERT INTO t VALUES (1, 'x');
