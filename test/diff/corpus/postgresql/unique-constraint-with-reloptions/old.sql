CREATE TABLE t (a integer UNIQUE , b integer PRIMARY KEY WITH (fillfactor = 60));
