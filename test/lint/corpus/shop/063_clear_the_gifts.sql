-- rung:revision 063
-- rung:parents 062
-- rung:message clear the gifts

-- rung:up
-- expect: truncate
TRUNCATE gifts;

-- rung:down
-- rung:notice gone is gone
