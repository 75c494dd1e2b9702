-- rung:revision 020
-- rung:parents 019
-- rung:message longer prices

-- rung:up
ALTER TABLE order_lines ALTER COLUMN price TYPE numeric(14, 2);

-- rung:down
ALTER TABLE order_lines ALTER COLUMN price TYPE numeric(12, 2);
