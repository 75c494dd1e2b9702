-- rung:revision 024
-- rung:parents 023
-- rung:message lines are called lines, and the old name stays readable

-- rung:up
ALTER TABLE purchase_lines RENAME TO lines;
CREATE VIEW purchase_lines AS SELECT * FROM lines;

-- rung:down
DROP VIEW purchase_lines;
ALTER TABLE lines RENAME TO purchase_lines;
