CREATE TABLE t (id integer PRIMARY KEY, state varchar(10) DEFAULT 'new' CHECK (state IN ('new', 'old')));
INSERT INTO t VALUES (1, 'old');
