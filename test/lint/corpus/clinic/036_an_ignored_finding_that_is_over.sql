-- rung:revision 036
-- rung:parents 035
-- rung:message an ignored finding that is over

-- rung:up
-- expect-next: ignore-expired
-- rung:ignore drop-column until=2020-01-01 the office still reads it
-- expect: drop-column
ALTER TABLE visits DROP COLUMN archived;

-- rung:down
ALTER TABLE visits ADD COLUMN archived boolean;
