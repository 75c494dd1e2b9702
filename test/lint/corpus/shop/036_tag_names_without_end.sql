-- rung:revision 036
-- rung:parents 035
-- rung:message tag names without end

-- rung:up
ALTER TABLE tags ALTER COLUMN name TYPE text;

-- rung:down
ALTER TABLE tags ALTER COLUMN name TYPE varchar(80);
