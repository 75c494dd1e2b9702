-- rung:revision 012
-- rung:parents 011
-- rung:message places

-- rung:up sqlite
-- expect: sqlite-not-strict sqlite-affinity
CREATE TABLE places (id INTEGER PRIMARY KEY, at POINT);

-- rung:down sqlite
DROP TABLE places;
