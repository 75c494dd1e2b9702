-- rung:revision 005
-- rung:parents 004
-- rung:message nullable columns are cheap

-- rung:up
ALTER TABLE customers ADD COLUMN phone text, ADD COLUMN vat_number text;

-- rung:down
ALTER TABLE customers DROP COLUMN phone, DROP COLUMN vat_number;
