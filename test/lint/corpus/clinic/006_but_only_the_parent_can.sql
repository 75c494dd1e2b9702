-- rung:revision 006
-- rung:parents 005
-- rung:message but only the parent can

-- rung:up
CREATE INDEX measurements_value_idx ON ONLY measurements (value);

-- rung:down
DROP INDEX measurements_value_idx;
