-- rung:revision 008
-- rung:parents 007
-- rung:message placed date is indexed while people buy

-- rung:up
CREATE INDEX CONCURRENTLY orders_placed_idx ON orders (placed_at);

-- rung:down
DROP INDEX CONCURRENTLY orders_placed_idx;
