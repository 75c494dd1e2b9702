CREATE TYPE person_type AS (id integer, name text);
CREATE TABLE person OF person_type (id WITH OPTIONS NOT NULL, name DEFAULT 'x');
INSERT INTO person VALUES (1, 'a');
