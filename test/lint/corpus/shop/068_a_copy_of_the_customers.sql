-- rung:revision 068
-- rung:parents 067
-- rung:message a copy of the customers

-- rung:up
CREATE TABLE customers_2024 AS SELECT * FROM customers;

-- rung:down
DROP TABLE customers_2024;
