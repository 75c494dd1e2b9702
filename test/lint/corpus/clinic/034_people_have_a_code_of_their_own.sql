-- rung:revision 034
-- rung:parents 033
-- rung:message people have a code of their own

-- rung:up
-- expect: unique-on-rows
CREATE UNIQUE INDEX CONCURRENTLY people_number_key ON people (number);

-- rung:down
DROP INDEX people_number_key;
