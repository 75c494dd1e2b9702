-- rung:revision 045
-- rung:parents 044
-- rung:message weight is positive

-- rung:up
-- expect: column-scans
ALTER TABLE products ADD COLUMN net_weight_g integer CHECK (net_weight_g > 0);

-- rung:down
ALTER TABLE products DROP COLUMN net_weight_g;
