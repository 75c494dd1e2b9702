-- options: --rename a=b --rename a.x=b.y
CREATE TABLE a (x TEXT UNIQUE, z);
CREATE TABLE c (a TEXT REFERENCES a (x));
INSERT INTO a VALUES ('1', 2);
