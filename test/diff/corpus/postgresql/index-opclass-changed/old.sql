CREATE EXTENSION pg_trgm;
CREATE TABLE t (a text, b varchar(9), d jsonb);
CREATE INDEX i ON t (a , b varchar_pattern_ops);
CREATE INDEX j ON t USING gin (d jsonb_path_ops);
CREATE INDEX k ON t USING gist (a gist_trgm_ops);
