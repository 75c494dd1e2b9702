-- rung:revision 025
-- rung:parents 024
-- rung:message phone goes

-- rung:up
-- expect: drop-column
ALTER TABLE customers DROP COLUMN phone;

-- rung:down
ALTER TABLE customers ADD COLUMN phone text;
