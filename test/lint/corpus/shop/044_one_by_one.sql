-- rung:revision 044
-- rung:parents 043
-- rung:message one by one

-- rung:up
ALTER TABLE products ADD COLUMN length_mm integer;
-- expect: several-alters
ALTER TABLE products ADD COLUMN width_mm integer;
ALTER TABLE products ADD COLUMN colour text;

-- rung:down
ALTER TABLE products DROP COLUMN colour, DROP COLUMN width_mm, DROP COLUMN length_mm;
