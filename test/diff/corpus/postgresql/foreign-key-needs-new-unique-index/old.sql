CREATE TABLE a (id integer PRIMARY KEY, code text NOT NULL);
CREATE TABLE b (a_code text);
INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES ('x');
