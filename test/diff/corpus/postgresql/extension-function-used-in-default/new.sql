CREATE EXTENSION pgcrypto;
CREATE TABLE t (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, h text DEFAULT encode(digest('x', 'sha256'), 'hex'));
INSERT INTO t (h) VALUES ('a');
