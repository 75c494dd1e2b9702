-- data: lost
CREATE TABLE t (id integer PRIMARY KEY, x text);
CREATE TABLE gone (id integer PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE t WHERE (id > 3), gone;
