-- rung:revision 062
-- rung:parents 061
-- rung:message a name for the ages

-- rung:up
-- expect: name-too-long index-without-concurrently
CREATE INDEX orders_that_were_placed_by_customers_of_the_northern_region_by_date ON orders (placed_at);

-- rung:down
-- rung:notice the index is small, it may stay
