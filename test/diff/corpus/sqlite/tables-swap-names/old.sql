-- options: --rename a=b --rename b=a
CREATE TABLE a (x);
CREATE TABLE b (y);
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (2);
