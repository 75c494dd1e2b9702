-- rung:revision 022
-- rung:parents 021
-- rung:message staff moves

-- rung:up
-- expect: rename-table
ALTER TABLE staff.people SET SCHEMA public;

-- rung:down
ALTER TABLE people SET SCHEMA staff;
