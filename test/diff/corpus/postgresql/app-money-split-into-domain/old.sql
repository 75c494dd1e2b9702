CREATE TABLE invoice (id integer PRIMARY KEY, net numeric, tax numeric, total numeric GENERATED ALWAYS AS (net + tax) STORED);
INSERT INTO invoice VALUES (1, 10, 2);
