-- rung:revision 019
-- rung:parents 018
-- rung:message two tables at once

-- rung:up
ALTER TABLE rooms ADD COLUMN floor integer;
-- expect: not-null-scans work-under-exclusive
ALTER TABLE visits ALTER COLUMN room_id SET NOT NULL;

-- rung:down
ALTER TABLE visits ALTER COLUMN room_id DROP NOT NULL;
ALTER TABLE rooms DROP COLUMN floor;
