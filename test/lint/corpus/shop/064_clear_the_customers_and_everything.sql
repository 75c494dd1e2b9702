-- rung:revision 064
-- rung:parents 063
-- rung:message clear the customers, and everything

-- rung:up
-- expect: truncate-cascade
TRUNCATE customers CASCADE;

-- rung:down
-- rung:notice gone is gone
