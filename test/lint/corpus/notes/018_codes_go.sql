-- rung:revision 018
-- rung:parents 017
-- rung:message codes go

-- rung:up sqlite
-- expect: drop-table
DROP TABLE codes;

-- rung:down sqlite
CREATE TABLE codes (code TEXT NOT NULL PRIMARY KEY, meaning TEXT) STRICT;
