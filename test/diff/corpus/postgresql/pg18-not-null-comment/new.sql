CREATE TABLE t (a integer NOT NULL, b integer CONSTRAINT x NOT NULL, c integer DEFAULT 1 NOT NULL);
COMMENT ON CONSTRAINT t_a_not_null ON t IS 'must be there';
COMMENT ON CONSTRAINT t_c_not_null ON t IS 'too';
INSERT INTO t VALUES (1, 2);
