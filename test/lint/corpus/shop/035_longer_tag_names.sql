-- rung:revision 035
-- rung:parents 034
-- rung:message longer tag names

-- rung:up
ALTER TABLE tags ALTER COLUMN name TYPE varchar(80);

-- rung:down
ALTER TABLE tags ALTER COLUMN name TYPE varchar(40);
