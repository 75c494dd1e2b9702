CREATE TABLE t (a integer CONSTRAINT t_a_not_null NOT NULL);
