-- rung:revision 033
-- rung:parents 032
-- rung:message ids for people outside

-- rung:up
-- expect: column-rewrites prefer-identity
ALTER TABLE people ADD COLUMN number bigserial;

-- rung:down
ALTER TABLE people DROP COLUMN number;
