-- rung:revision 049
-- rung:parents 048
-- rung:message search by trigrams, the long way

-- rung:up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- rung:ignore index-without-concurrently the catalogue has 900 products
CREATE INDEX products_title_trgm ON products USING gin (title gin_trgm_ops);

-- rung:down
DROP INDEX products_title_trgm;
