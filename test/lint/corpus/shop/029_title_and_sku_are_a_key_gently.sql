-- rung:revision 029
-- rung:parents 028
-- rung:message title and sku are a key, gently

-- rung:up
-- expect: unique-on-rows
CREATE UNIQUE INDEX CONCURRENTLY products_title_sku ON products (title, sku);

-- rung:down
DROP INDEX products_title_sku;
