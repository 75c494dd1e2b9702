CREATE TABLE m (k integer NOT NULL, v text) PARTITION BY RANGE (k);
CREATE TABLE m1 (v text, k integer NOT NULL);
CREATE INDEX m1_v ON m1 (v);
INSERT INTO m1 VALUES ('x', 5);
