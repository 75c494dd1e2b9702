CREATE TABLE t (id serial PRIMARY KEY, v text);
ALTER TABLE t OWNER TO rung_bob;
INSERT INTO t (v) VALUES ('x');
