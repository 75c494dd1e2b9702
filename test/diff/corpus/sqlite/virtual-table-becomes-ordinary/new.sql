CREATE TABLE f (a, b);
INSERT INTO f VALUES ('x', 'y');
