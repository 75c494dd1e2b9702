-- rung:revision 004
-- rung:parents 003
-- rung:message index of lines by product

-- rung:up
-- expect: index-without-concurrently
CREATE INDEX order_lines_product_idx ON order_lines (product_id);

-- rung:down
DROP INDEX order_lines_product_idx;
