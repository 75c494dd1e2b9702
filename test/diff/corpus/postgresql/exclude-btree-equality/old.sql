CREATE TABLE t (a integer, b text, CONSTRAINT once EXCLUDE USING btree (a WITH =) );
INSERT INTO t VALUES (1, 'x'), (2, 'x');
