-- rung:revision 017
-- rung:parents 016
-- rung:message postcode filled in batches

-- rung:up
-- rung:backfill table=addresses key=id batch=500
UPDATE addresses SET postcode = '' WHERE postcode IS NULL;
ALTER TABLE addresses ADD CONSTRAINT postcode_there CHECK (postcode IS NOT NULL) NOT VALID;

-- rung:down
ALTER TABLE addresses DROP CONSTRAINT postcode_there;
