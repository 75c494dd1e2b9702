CREATE TABLE t (a integer, d jsonb, r int4range);
CREATE INDEX i ON t (a) WITH (fillfactor = 70);
CREATE INDEX j ON t USING gin (d) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX k ON t USING brin (a) WITH (pages_per_range = 16, autosummarize = on);
