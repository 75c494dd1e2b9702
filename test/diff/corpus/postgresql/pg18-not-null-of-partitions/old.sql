CREATE TABLE m (k integer, v text, w text) PARTITION BY LIST (k);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE TABLE m2 (k integer, v text, w text);
ALTER TABLE m ATTACH PARTITION m2 FOR VALUES IN (2);
INSERT INTO m VALUES (1, 'x', 'y'), (2, 'x', 'y');
