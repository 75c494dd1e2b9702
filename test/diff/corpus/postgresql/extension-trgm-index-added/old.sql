CREATE TABLE product (id integer PRIMARY KEY, name text);
INSERT INTO product VALUES (1, 'chair'), (2, 'table');
