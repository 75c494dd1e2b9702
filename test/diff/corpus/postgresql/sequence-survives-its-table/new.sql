CREATE TABLE keep (a integer);
CREATE SEQUENCE q ;
SELECT nextval('q');
