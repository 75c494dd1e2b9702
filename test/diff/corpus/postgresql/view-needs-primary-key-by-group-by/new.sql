CREATE TABLE t (id integer, name text, CONSTRAINT t_pk PRIMARY KEY (id, name));
CREATE TABLE u (t_id integer, n integer);
CREATE VIEW v AS SELECT t.id, t.name, sum(u.n) AS n FROM t JOIN u ON u.t_id = t.id GROUP BY t.id, t.name;
