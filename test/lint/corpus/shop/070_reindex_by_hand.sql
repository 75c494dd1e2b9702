-- rung:revision 070
-- rung:parents 069
-- rung:message reindex by hand

-- rung:up
-- expect: reindex-without-concurrently
REINDEX INDEX orders_customer_idx;

-- rung:down
-- rung:notice nothing to take back
