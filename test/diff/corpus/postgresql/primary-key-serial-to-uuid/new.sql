CREATE TABLE t (key uuid DEFAULT gen_random_uuid() PRIMARY KEY, v text);
INSERT INTO t (v) VALUES ('x'), ('y');
