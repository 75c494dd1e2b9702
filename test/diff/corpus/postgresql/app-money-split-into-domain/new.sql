CREATE DOMAIN cents AS numeric(12,2) CHECK (VALUE >= 0);
CREATE TABLE invoice (id integer PRIMARY KEY, net cents, tax cents, total cents GENERATED ALWAYS AS (net + tax) STORED);
INSERT INTO invoice VALUES (1, 10, 2);
