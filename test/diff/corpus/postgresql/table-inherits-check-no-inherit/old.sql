CREATE TABLE a (x integer, CONSTRAINT x_positive CHECK (x > 0) );
CREATE TABLE b (y integer) INHERITS (a);
INSERT INTO b VALUES (1, 1);
