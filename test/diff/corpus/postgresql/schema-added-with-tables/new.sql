CREATE SCHEMA shop;
CREATE TABLE shop.item (id integer PRIMARY KEY, name text NOT NULL);
CREATE INDEX item_name ON shop.item (name);
CREATE TABLE keep (id integer);
INSERT INTO keep VALUES (1), (2);
