-- rung:revision 072
-- rung:parents 071
-- rung:message full vacuum

-- rung:up
-- expect: table-rewrites
VACUUM FULL products;

-- rung:down
-- rung:notice nothing to take back
