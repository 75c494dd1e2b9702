-- rung:revision 009
-- rung:parents 008
-- rung:message and comes back, with its rows read

-- rung:up
-- expect: partition-scans
ALTER TABLE measurements ATTACH PARTITION measurements_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- rung:down
ALTER TABLE measurements DETACH PARTITION measurements_2025;
