CREATE TYPE person_type AS (id integer, name text);
CREATE TABLE person (id integer NOT NULL, name text DEFAULT 'x');
INSERT INTO person VALUES (1, 'a');
