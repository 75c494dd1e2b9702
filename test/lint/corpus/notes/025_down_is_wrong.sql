-- rung:revision 025
-- rung:parents 024
-- rung:message down is wrong

-- rung:up sqlite
CREATE TABLE visits (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE seen (id INTEGER PRIMARY KEY) STRICT;

-- expect-next: down-not-reverse
-- rung:down sqlite
DROP TABLE seen;
