-- rung:revision 026
-- rung:parents 025
-- rung:message names of people are text with an end

-- rung:up
-- expect: type-change-rewrites
ALTER TABLE people ALTER COLUMN name TYPE varchar(100);

-- rung:down
ALTER TABLE people ALTER COLUMN name TYPE text;
