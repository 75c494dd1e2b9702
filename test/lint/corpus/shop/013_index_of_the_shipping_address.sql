-- rung:revision 013
-- rung:parents 012
-- rung:message index of the shipping address

-- rung:up
CREATE INDEX CONCURRENTLY orders_address_idx ON orders (address_id);

-- rung:down
DROP INDEX orders_address_idx;
