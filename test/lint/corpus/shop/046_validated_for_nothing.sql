-- rung:revision 046
-- rung:parents 045
-- rung:message validated for nothing

-- rung:up
ALTER TABLE products ADD CONSTRAINT weight_limit CHECK (weight_g < 100000) NOT VALID;
-- expect: validate-under-lock several-alters
ALTER TABLE products VALIDATE CONSTRAINT weight_limit;

-- rung:down
ALTER TABLE products DROP CONSTRAINT weight_limit;
