-- data: lost
CREATE TABLE a (x integer, CONSTRAINT a_x_check CHECK (x > 0));
CREATE TABLE b (y text, z date);
