-- rung:revision 008
-- rung:parents 007
-- rung:message and the next one too

-- rung:up
ALTER TABLE measurements DETACH PARTITION measurements_2025 CONCURRENTLY;

-- rung:down
ALTER TABLE measurements ATTACH PARTITION measurements_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
