CREATE TABLE m (k integer, v integer, w integer) PARTITION BY RANGE (k);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);
CREATE INDEX m_v ON m (v);
COMMENT ON INDEX m_v IS 'the parent';
COMMENT ON INDEX m1_v_idx IS 'the child';
INSERT INTO m VALUES (5, 1);
