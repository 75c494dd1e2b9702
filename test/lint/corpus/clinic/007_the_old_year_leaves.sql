-- rung:revision 007
-- rung:parents 006
-- rung:message the old year leaves

-- rung:up
-- expect: detach-without-concurrently
ALTER TABLE measurements DETACH PARTITION measurements_2024;

-- rung:down
ALTER TABLE measurements ATTACH PARTITION measurements_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
