CREATE TABLE t (a integer, b text, d jsonb, p point, r int4range, v tsvector);
CREATE INDEX i1 ON t USING btree (a);
CREATE INDEX i2 ON t USING btree (a);
CREATE INDEX i3 ON t USING gist (p);
CREATE INDEX i4 ON t USING gist (v);
CREATE INDEX i5 ON t USING gin (d);
