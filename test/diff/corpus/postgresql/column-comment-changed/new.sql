CREATE TABLE t (a integer, b integer, c integer);
COMMENT ON COLUMN t.a IS E'two\nlines, a \\ and a '' quote';
COMMENT ON COLUMN t.c IS 'new';
