-- rung:revision 038
-- rung:parents 037
-- rung:message old orders go

-- rung:up
-- expect: rows-unbatched
DELETE FROM orders WHERE placed_at < now() - interval '10 years';

-- rung:down
-- rung:notice they are in the archive
