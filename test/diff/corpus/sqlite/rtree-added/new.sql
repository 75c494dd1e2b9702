CREATE TABLE t (a);
CREATE VIRTUAL TABLE r USING rtree (id, min_x, max_x);
INSERT INTO r VALUES (1, 0.0, 1.0);
