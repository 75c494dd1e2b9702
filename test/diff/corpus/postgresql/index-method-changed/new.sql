CREATE TABLE t (a integer, b text, d jsonb, p point, r int4range, v tsvector);
CREATE INDEX i1 ON t USING hash (a);
CREATE INDEX i2 ON t USING brin (a);
CREATE INDEX i3 ON t USING spgist (p);
CREATE INDEX i4 ON t USING gin (v);
CREATE INDEX i5 ON t USING btree (d);
