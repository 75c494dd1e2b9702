-- rung:revision 019
-- rung:parents 018
-- rung:message larger stock

-- rung:up
-- expect: type-change-rewrites
ALTER TABLE products ALTER COLUMN stock TYPE bigint;

-- rung:down
ALTER TABLE products ALTER COLUMN stock TYPE integer;
