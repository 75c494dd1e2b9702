CREATE TABLE t (a integer, z text);
CREATE TABLE u (a integer, q text);
CREATE VIEW v AS SELECT t.a, t.z, u.q FROM t JOIN u USING (a);
INSERT INTO t (a) VALUES (1);
