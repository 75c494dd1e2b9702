CREATE TABLE animal (name text, legs integer CHECK (legs >= 0));
CREATE TABLE cat (name text, legs integer, purrs boolean, CONSTRAINT animal_legs_check CHECK (legs >= 0));
ALTER TABLE cat INHERIT animal;
INSERT INTO cat VALUES ('Tom', 4, true);
INSERT INTO animal VALUES ('x', 1);
