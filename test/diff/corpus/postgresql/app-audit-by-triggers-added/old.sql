CREATE TABLE item (id serial PRIMARY KEY, name text);
CREATE TABLE price (item_id integer REFERENCES item, cents integer);
INSERT INTO item (name) VALUES ('x'); INSERT INTO price VALUES (1, 5);
