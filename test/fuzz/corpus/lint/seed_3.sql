
ALTER TABLE addresses VALIDATE CONSTRAINT postcode_there;
-- rung:commit
ALTER TABLE addresses ALTER COLUMN postcode SET NOT NULL;
-- expect: several-alters
ALTER TABLE addresses DROP CONSTRAINT postcode_there;

ALTER TABLE addresses ADD CONSTRAINT postcode_there CHECK (postcode IS NOT NULL) NOT VALID;
ALTER TABLE addresses ALTER COLUMN postcode DROP NOT NULL;
