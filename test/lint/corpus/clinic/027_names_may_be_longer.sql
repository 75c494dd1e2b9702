-- rung:revision 027
-- rung:parents 026
-- rung:message names may be longer

-- rung:up
ALTER TABLE people ALTER COLUMN name TYPE varchar(200);

-- rung:down
ALTER TABLE people ALTER COLUMN name TYPE varchar(100);
