CREATE TABLE u (a integer NOT NULL, c integer NOT NULL);
CREATE TABLE t (a integer NOT NULL, b integer NOT NULL);
INSERT INTO u VALUES (1, 2);
