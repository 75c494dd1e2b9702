-- rung:revision 055
-- rung:parents 054
-- rung:message sums for the office

-- rung:up
CREATE MATERIALIZED VIEW order_sums AS
    SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id;
CREATE UNIQUE INDEX order_sums_customer ON order_sums (customer_id);

-- rung:down
DROP MATERIALIZED VIEW order_sums;
