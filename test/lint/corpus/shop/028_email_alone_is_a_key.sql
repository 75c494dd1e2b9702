-- rung:revision 028
-- rung:parents 027
-- rung:message email alone is a key

-- rung:up
-- expect: constraint-builds-index
ALTER TABLE customers ADD CONSTRAINT customers_email_unique UNIQUE (email);

-- rung:down
ALTER TABLE customers DROP CONSTRAINT customers_email_unique;
