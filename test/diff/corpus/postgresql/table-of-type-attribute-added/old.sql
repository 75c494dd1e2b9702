CREATE TYPE person_type AS (id integer, name text);
CREATE TABLE person OF person_type (id PRIMARY KEY);
INSERT INTO person (id, name) VALUES (1, 'a');
