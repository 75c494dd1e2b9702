CREATE TABLE t (a integer UNIQUE WITH (fillfactor = 70), b integer PRIMARY KEY WITH (fillfactor = 65));
