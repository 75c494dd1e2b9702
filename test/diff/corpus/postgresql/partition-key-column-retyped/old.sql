-- data: lost
CREATE TABLE m (k integer, v integer) PARTITION BY RANGE (k);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);
CREATE INDEX m_v ON m (v);
