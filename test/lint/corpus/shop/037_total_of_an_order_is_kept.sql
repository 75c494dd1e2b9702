-- rung:revision 037
-- rung:parents 036
-- rung:message total of an order is kept

-- rung:up
ALTER TABLE orders ADD COLUMN total numeric(14, 2);
-- expect: rows-under-exclusive
UPDATE orders o SET total = (SELECT sum(quantity * price) FROM lines l WHERE l.order_id = o.id);

-- rung:down
ALTER TABLE orders DROP COLUMN total;
