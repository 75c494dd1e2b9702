-- rung:revision 043
-- rung:parents 042
-- rung:message a longer wait is still a wait

-- rung:up
SET LOCAL lock_timeout = '8s';
ALTER TABLE products ADD COLUMN height_mm integer;

-- rung:down
ALTER TABLE products DROP COLUMN height_mm;
