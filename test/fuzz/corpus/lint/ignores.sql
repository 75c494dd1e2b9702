-- rung:ignore
SELECT 1;
-- rung:ignore x until=y
