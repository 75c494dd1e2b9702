-- rung:revision 065
-- rung:parents 064
-- rung:message logged no more

-- rung:up
-- expect: table-rewrites
ALTER TABLE payments SET UNLOGGED;

-- rung:down
ALTER TABLE payments SET LOGGED;
