-- rung:revision 039
-- rung:parents 038
-- rung:message old orders go slowly

-- rung:up
-- rung:backfill table=orders key=id batch=1000 pause=50ms
DELETE FROM orders WHERE placed_at < now() - interval '7 years';

-- rung:down
-- rung:notice they are in the archive
