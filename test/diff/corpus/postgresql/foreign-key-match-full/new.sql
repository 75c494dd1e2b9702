CREATE TABLE a (x integer, y integer, UNIQUE (x, y));
CREATE TABLE b (x integer, y integer, CONSTRAINT b_a FOREIGN KEY (x, y) REFERENCES a (x, y) MATCH FULL);
INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1), (NULL, NULL);
