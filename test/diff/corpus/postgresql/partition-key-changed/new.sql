-- data: lost
CREATE TABLE m (k integer, v integer) PARTITION BY LIST (v);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1, 2);
CREATE INDEX m_v ON m (v);
