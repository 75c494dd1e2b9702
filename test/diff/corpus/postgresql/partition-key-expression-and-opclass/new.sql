CREATE TABLE keep (a integer);
CREATE TABLE m (k text COLLATE "C", v integer) PARTITION BY RANGE (lower(k) COLLATE "POSIX" text_pattern_ops, (v + 1));
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('a', MINVALUE) TO ('c', 10);
