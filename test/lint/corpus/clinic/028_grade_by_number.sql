-- rung:revision 028
-- rung:parents 027
-- rung:message grade by number

-- rung:up
ALTER TABLE people ADD COLUMN grade smallint NOT NULL DEFAULT 1;
-- expect: several-alters
ALTER TABLE people ALTER COLUMN grade SET DEFAULT 2;

-- rung:down
ALTER TABLE people DROP COLUMN grade;
