-- rung:revision 066
-- rung:parents 065
-- rung:message lock it first

-- rung:up
-- expect: lock-table
LOCK TABLE products IN ACCESS EXCLUSIVE MODE;
-- expect: check-validated-at-once
ALTER TABLE products ADD CONSTRAINT stock_there CHECK (stock >= 0);

-- rung:down
ALTER TABLE products DROP CONSTRAINT stock_there;
