-- rung:revision 023
-- rung:parents 022
-- rung:message orders become purchases

-- rung:up
-- expect: rename-table
ALTER TABLE order_lines RENAME TO purchase_lines;

-- rung:down
ALTER TABLE purchase_lines RENAME TO order_lines;
