CREATE TABLE t (a integer, c integer DEFAULT 5 NOT NULL);
