-- rung:revision 052
-- rung:parents 051
-- rung:message statistics

-- rung:up
CREATE STATISTICS orders_state_customer ON state, customer_id FROM orders;
ANALYZE orders;

-- rung:down
DROP STATISTICS orders_state_customer;
