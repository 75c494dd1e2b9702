-- options: --rename a=b
CREATE TABLE a (x);
CREATE TABLE b (old);
INSERT INTO a VALUES (1);
