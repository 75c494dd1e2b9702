CREATE TABLE t (a integer, b integer);
CREATE SEQUENCE q OWNED BY t.a;
CREATE SEQUENCE r OWNED BY t.a;
SELECT nextval('q'), nextval('r');
