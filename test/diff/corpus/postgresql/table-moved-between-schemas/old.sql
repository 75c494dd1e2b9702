-- data: lost
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE a.t (id integer PRIMARY KEY, v text);
CREATE VIEW v AS SELECT t.id FROM a.t t;
