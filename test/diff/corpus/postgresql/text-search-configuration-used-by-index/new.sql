CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH simple;
CREATE TABLE t (a text, v tsvector GENERATED ALWAYS AS (to_tsvector('c', a)) STORED);
CREATE INDEX i ON t USING gin (to_tsvector('c', a));
INSERT INTO t (a) VALUES ('words');
