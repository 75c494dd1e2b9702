CREATE TABLE t (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, h text );
INSERT INTO t (h) VALUES ('a');
