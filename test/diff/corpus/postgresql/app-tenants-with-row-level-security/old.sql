CREATE TABLE tenant (id integer PRIMARY KEY, name text);
CREATE TABLE doc (id integer PRIMARY KEY, body text);
INSERT INTO tenant VALUES (1, 'x');
