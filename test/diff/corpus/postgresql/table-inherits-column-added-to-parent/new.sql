CREATE TABLE animal (name text, born date DEFAULT '2020-01-01');
CREATE TABLE cat (purrs boolean) INHERITS (animal);
CREATE TABLE kitten (weeks integer) INHERITS (cat);
INSERT INTO kitten (name, weeks) VALUES ('x', 3);
