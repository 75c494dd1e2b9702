-- rung:revision 003
-- rung:parents 002
-- rung:message the next year

-- rung:up
CREATE TABLE measurements_2026 PARTITION OF measurements
    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- rung:down
DROP TABLE measurements_2026;
