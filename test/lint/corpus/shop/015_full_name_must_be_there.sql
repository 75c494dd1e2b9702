-- rung:revision 015
-- rung:parents 014
-- rung:message full name must be there

-- rung:up
-- expect: rows-unbatched
UPDATE customers SET full_name = email WHERE full_name IS NULL;
-- expect: not-null-scans
ALTER TABLE customers ALTER COLUMN full_name SET NOT NULL;

-- rung:down
ALTER TABLE customers ALTER COLUMN full_name DROP NOT NULL;
