CREATE TABLE a (id integer PRIMARY KEY, code text NOT NULL);
CREATE UNIQUE INDEX a_code ON a (code);
CREATE TABLE b (a_code text REFERENCES a (code));
INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES ('x');
