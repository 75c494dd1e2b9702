-- rung:revision 015
-- rung:parents 014
-- rung:message a percent is a number

-- rung:up
-- expect: domain-constraint
CREATE DOMAIN percent AS numeric CHECK (VALUE BETWEEN 0 AND 100);

-- rung:down
DROP DOMAIN percent;
