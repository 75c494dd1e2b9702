-- rung:revision 031
-- rung:parents 030
-- rung:message old index

-- rung:up
-- expect: drop-index-without-concurrently
DROP INDEX orders_placed_idx;

-- rung:down
CREATE INDEX orders_placed_idx ON orders (placed_at);
