-- rung:revision 024
-- rung:parents 023
-- rung:message keys of members

-- rung:up sqlite
CREATE TABLE members (notebook_id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (notebook_id, name)) WITHOUT ROWID, STRICT;

-- rung:down sqlite
DROP TABLE members;
