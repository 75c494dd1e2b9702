-- data: lost
CREATE TABLE t (id integer, a integer NOT NULL DEFAULT 1, b text);
CREATE INDEX t_i ON t (a, b);
