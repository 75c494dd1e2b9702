-- rung:revision 011
-- rung:parents 010
-- rung:message quantity limit holds

-- rung:up
ALTER TABLE order_lines VALIDATE CONSTRAINT quantity_limit;

-- rung:down
-- rung:notice nothing to take back
