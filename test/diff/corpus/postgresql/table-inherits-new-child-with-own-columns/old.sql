CREATE TABLE animal (name text NOT NULL, legs integer DEFAULT 4);
INSERT INTO animal VALUES ('x', 1);
