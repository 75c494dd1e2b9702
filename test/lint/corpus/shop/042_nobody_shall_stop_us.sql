-- rung:revision 042
-- rung:parents 041
-- rung:message nobody shall stop us

-- rung:up
-- expect: lock-timeout-off
SET lock_timeout = '0';
ALTER TABLE products ADD COLUMN weight_g integer;

-- rung:down
ALTER TABLE products DROP COLUMN weight_g;
