-- rung:revision 073
-- rung:parents 072
-- rung:message vacuum

-- rung:up
VACUUM (ANALYZE) products;

-- rung:down
-- rung:notice nothing to take back
