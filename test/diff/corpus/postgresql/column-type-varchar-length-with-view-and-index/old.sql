CREATE TABLE t (id integer PRIMARY KEY, name varchar(20) NOT NULL);
CREATE INDEX t_lower ON t (lower(name::text));
CREATE VIEW v AS SELECT t.id, t.name FROM t;
INSERT INTO t VALUES (1, 'x');
