CREATE TABLE t (a text, v tsvector GENERATED ALWAYS AS (to_tsvector('english', a)) STORED);
CREATE INDEX i ON t USING gin (to_tsvector('english', a));
INSERT INTO t (a) VALUES ('words');
