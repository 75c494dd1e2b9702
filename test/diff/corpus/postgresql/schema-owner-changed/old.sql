CREATE SCHEMA shop;
CREATE TABLE shop.t (a integer);
INSERT INTO shop.t VALUES (7);
ALTER SCHEMA shop OWNER TO rung_alice;
