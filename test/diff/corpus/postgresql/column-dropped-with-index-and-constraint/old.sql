CREATE TABLE t (a integer PRIMARY KEY, b integer CHECK (b > 0), c text UNIQUE);
CREATE INDEX t_b ON t (b, a);
COMMENT ON COLUMN t.b IS 'b';
INSERT INTO t (a) VALUES (1), (2);
