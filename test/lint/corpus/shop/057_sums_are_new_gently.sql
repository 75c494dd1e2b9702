-- rung:revision 057
-- rung:parents 056
-- rung:message sums are new, gently

-- rung:up
REFRESH MATERIALIZED VIEW CONCURRENTLY order_sums;

-- rung:down
-- rung:notice nothing to take back
