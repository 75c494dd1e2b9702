-- rung:revision 007
-- rung:parents 006
-- rung:message public token

-- rung:up
-- expect: column-rewrites
ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
-- expect: index-without-concurrently work-under-exclusive
CREATE UNIQUE INDEX orders_token_key ON orders (token);

-- rung:down
DROP INDEX orders_token_key;
ALTER TABLE orders DROP COLUMN token;
