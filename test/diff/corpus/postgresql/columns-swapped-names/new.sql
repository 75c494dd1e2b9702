-- data: lost
CREATE TABLE t (id integer, b integer NOT NULL DEFAULT 1, a text);
CREATE INDEX t_i ON t (a, b);
