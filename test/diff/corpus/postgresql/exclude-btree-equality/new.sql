CREATE TABLE t (a integer, b text, CONSTRAINT once EXCLUDE USING hash (a WITH =) WHERE (b = 'x'));
INSERT INTO t VALUES (1, 'x'), (2, 'x');
