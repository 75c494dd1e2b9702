-- rung:revision 011
-- rung:parents 010
-- rung:message codes

-- rung:up sqlite
-- expect: sqlite-not-strict sqlite-null-key sqlite-affinity
CREATE TABLE codes (code STRING PRIMARY KEY, meaning TEXT);

-- rung:down sqlite
DROP TABLE codes;
