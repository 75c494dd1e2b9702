CREATE TABLE t (a integer, b integer);
CREATE SEQUENCE q OWNED BY t.b;
CREATE SEQUENCE r ;
SELECT nextval('q'), nextval('r');
