CREATE EXTENSION pg_trgm;
CREATE TABLE product (id integer PRIMARY KEY, name text);
CREATE INDEX product_name_trgm ON product USING gin (name gin_trgm_ops);
INSERT INTO product VALUES (1, 'chair'), (2, 'table');
