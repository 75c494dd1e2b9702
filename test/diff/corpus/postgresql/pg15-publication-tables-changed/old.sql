CREATE TABLE a (id integer PRIMARY KEY, x integer, y text);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE a (id, x) WITH (publish = 'insert');
COMMENT ON PUBLICATION p IS 'p';
INSERT INTO a VALUES (1, 1, 'x');
