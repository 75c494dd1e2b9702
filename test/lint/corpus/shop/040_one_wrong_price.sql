-- rung:revision 040
-- rung:parents 039
-- rung:message one wrong price

-- rung:up
UPDATE products SET price = 19.90 WHERE id = 4711;

-- rung:down
UPDATE products SET price = 199.0 WHERE id = 4711;
