-- rung:revision 071
-- rung:parents 070
-- rung:message reindex gently

-- rung:up
REINDEX INDEX CONCURRENTLY orders_customer_idx;

-- rung:down
-- rung:notice nothing to take back
