CREATE TABLE animal (name text NOT NULL, legs integer DEFAULT 4);
CREATE TABLE bird (wings integer, legs integer DEFAULT 2) INHERITS (animal);
INSERT INTO animal VALUES ('x', 1);
