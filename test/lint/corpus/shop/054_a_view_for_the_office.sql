-- rung:revision 054
-- rung:parents 053
-- rung:message a view for the office

-- rung:up
CREATE VIEW open_orders AS SELECT id, customer_id, placed_at FROM orders WHERE state = 'open';

-- rung:down
DROP VIEW open_orders;
