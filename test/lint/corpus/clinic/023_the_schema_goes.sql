-- rung:revision 023
-- rung:parents 022
-- rung:message the schema goes

-- rung:up
-- expect: drop-schema drop-cascade
DROP SCHEMA staff CASCADE;

-- rung:down
CREATE SCHEMA staff;
