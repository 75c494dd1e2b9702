CREATE TABLE keep (a integer);
CREATE TABLE t (a integer);
CREATE SEQUENCE q OWNED BY t.a;
SELECT nextval('q');
