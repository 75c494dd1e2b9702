-- rung:revision 056
-- rung:parents 055
-- rung:message sums are new

-- rung:up
-- expect: refresh-without-concurrently
REFRESH MATERIALIZED VIEW order_sums;

-- rung:down
-- rung:notice nothing to take back
