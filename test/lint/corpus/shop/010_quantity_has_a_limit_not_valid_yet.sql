-- rung:revision 010
-- rung:parents 009
-- rung:message quantity has a limit, not valid yet

-- rung:up
ALTER TABLE order_lines ADD CONSTRAINT quantity_limit CHECK (quantity <= 1000) NOT VALID;

-- rung:down
ALTER TABLE order_lines DROP CONSTRAINT quantity_limit;
