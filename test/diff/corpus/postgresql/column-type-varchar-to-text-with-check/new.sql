CREATE TABLE t (id integer PRIMARY KEY, state text DEFAULT 'new' CHECK (state IN ('new', 'old')));
INSERT INTO t VALUES (1, 'old');
