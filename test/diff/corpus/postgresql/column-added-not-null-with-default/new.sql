CREATE TABLE t (a integer, b text NOT NULL DEFAULT 'new', c timestamptz DEFAULT now() NOT NULL);
INSERT INTO t (a) VALUES (1), (2);
