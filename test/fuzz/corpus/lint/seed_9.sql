
-- expect: sqlite-not-strict sqlite-null-key sqlite-affinity
CREATE TABLE codes (code STRING PRIMARY KEY, meaning TEXT);

DROP TABLE codes;
