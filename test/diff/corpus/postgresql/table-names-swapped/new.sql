CREATE TABLE b (x integer, CONSTRAINT b_x_check CHECK (x > 0));
CREATE TABLE a (y text, z date);
