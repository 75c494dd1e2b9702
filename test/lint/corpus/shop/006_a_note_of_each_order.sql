-- rung:revision 006
-- rung:parents 005
-- rung:message a note of each order

-- rung:up
ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '';

-- rung:down
ALTER TABLE orders DROP COLUMN note;
