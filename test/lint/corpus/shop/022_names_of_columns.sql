-- rung:revision 022
-- rung:parents 021
-- rung:message names of columns

-- rung:up
-- expect: rename-column
ALTER TABLE customers RENAME COLUMN full_name TO display_name;

-- rung:down
ALTER TABLE customers RENAME COLUMN display_name TO full_name;
