CREATE TABLE m (k integer, v integer) PARTITION BY LIST (k);
CREATE INDEX of_v ON ONLY m (v);
