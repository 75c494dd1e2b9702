-- rung:revision 016
-- rung:parents 015
-- rung:message city proved by a check

-- rung:up
ALTER TABLE addresses ADD COLUMN postcode text;
ALTER TABLE products ADD CONSTRAINT title_there CHECK (title IS NOT NULL) NOT VALID;

-- rung:down
ALTER TABLE products DROP CONSTRAINT title_there;
ALTER TABLE addresses DROP COLUMN postcode;
