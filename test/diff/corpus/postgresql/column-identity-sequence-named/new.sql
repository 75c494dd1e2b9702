CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME t_numbers), v text);
-- a number of its own name
