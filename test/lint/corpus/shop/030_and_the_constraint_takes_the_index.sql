-- rung:revision 030
-- rung:parents 029
-- rung:message and the constraint takes the index

-- rung:up
ALTER TABLE products ADD CONSTRAINT products_title_sku UNIQUE USING INDEX products_title_sku;

-- rung:down
ALTER TABLE products DROP CONSTRAINT products_title_sku;
