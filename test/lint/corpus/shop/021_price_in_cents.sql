-- rung:revision 021
-- rung:parents 020
-- rung:message price in cents

-- rung:up
-- expect: type-change-rewrites
ALTER TABLE order_lines ALTER COLUMN price TYPE numeric(14, 4);

-- rung:down
ALTER TABLE order_lines ALTER COLUMN price TYPE numeric(14, 2);
