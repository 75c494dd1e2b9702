CREATE EXTENSION pg_trgm;
CREATE TABLE t (a text, b varchar(9), d jsonb);
CREATE INDEX i ON t (a text_pattern_ops, b );
CREATE INDEX j ON t USING gin (d );
CREATE INDEX k ON t USING gist (a gist_trgm_ops(siglen=32));
