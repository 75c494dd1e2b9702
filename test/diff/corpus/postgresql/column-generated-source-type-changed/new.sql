CREATE TABLE t (a bigint, c bigint GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX t_c ON t (c, a);
COMMENT ON COLUMN t.c IS 'twice';
INSERT INTO t (a) VALUES (1);
