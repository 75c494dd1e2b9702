CREATE TABLE t (a integer, d jsonb, r int4range);
CREATE INDEX i ON t (a) WITH (fillfactor = 80, deduplicate_items = off);
CREATE INDEX j ON t USING gin (d) ;
CREATE INDEX k ON t USING brin (a) WITH (pages_per_range = 32, autosummarize = on);
