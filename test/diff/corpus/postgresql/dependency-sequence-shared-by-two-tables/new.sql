CREATE SEQUENCE ids;
CREATE TABLE a (id bigint DEFAULT nextval('ids'));
CREATE TABLE b (id bigint DEFAULT nextval('ids'), v text);
CREATE VIEW v AS SELECT s.last_value FROM ids s;
INSERT INTO a DEFAULT VALUES;
