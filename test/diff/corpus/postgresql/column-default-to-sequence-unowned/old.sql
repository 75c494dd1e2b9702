CREATE SEQUENCE q;
CREATE TABLE t (id bigint DEFAULT nextval('q'), v text);
INSERT INTO t (v) VALUES ('x');
