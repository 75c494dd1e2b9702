-- rung:revision 023
-- rung:parents 022
-- rung:message a table that comes and goes

-- rung:up sqlite
CREATE TABLE scratch (a INTEGER, b TEXT) STRICT;
ALTER TABLE scratch ADD COLUMN c TEXT NOT NULL;
ALTER TABLE scratch RENAME COLUMN b TO d;
DROP TABLE scratch;

-- rung:down sqlite
-- rung:notice nothing was made
