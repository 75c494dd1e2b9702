-- options: --rename a=b --rename b=a
CREATE TABLE b (x);
CREATE TABLE a (y);
INSERT INTO b VALUES (1);
INSERT INTO a VALUES (2);
