-- has: f.tags
CREATE VIRTUAL TABLE f USING fts5 (title, body, tags UNINDEXED, tokenize = 'porter');
INSERT INTO f VALUES ('x', 'y', 'z');
