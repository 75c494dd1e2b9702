-- rung:revision 047
-- rung:parents 046
-- rung:message validated with a commit between

-- rung:up
ALTER TABLE products ADD CONSTRAINT height_limit CHECK (height_mm < 100000) NOT VALID;
-- rung:commit
ALTER TABLE products VALIDATE CONSTRAINT height_limit;

-- rung:down
ALTER TABLE products DROP CONSTRAINT height_limit;
