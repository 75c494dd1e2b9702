-- rung:revision 037
-- rung:parents 036
-- rung:message an ignored finding without a reason

-- rung:up
-- expect-next: ignore-without-reason
-- rung:ignore drop-column
-- expect: drop-column
ALTER TABLE people DROP COLUMN grade;

-- rung:down
ALTER TABLE people ADD COLUMN grade text;
