-- rung:revision 034
-- rung:parents 033
-- rung:message payment belongs to an order

-- rung:up
-- expect: required-column foreign-key-without-index
ALTER TABLE payments ADD COLUMN order_id bigint NOT NULL REFERENCES orders (id);

-- rung:down
ALTER TABLE payments DROP COLUMN order_id;
