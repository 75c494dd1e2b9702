-- rung:revision 013
-- rung:parents 012
-- rung:message ordinary types

-- rung:up sqlite
-- expect: sqlite-not-strict
CREATE TABLE logins (id INTEGER PRIMARY KEY, at DATETIME, ok BOOLEAN, name VARCHAR(40), size DECIMAL(10, 2));

-- rung:down sqlite
DROP TABLE logins;
