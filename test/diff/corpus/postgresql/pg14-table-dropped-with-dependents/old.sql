CREATE TABLE keep (id integer PRIMARY KEY, x integer);
CREATE TABLE gone (id integer PRIMARY KEY, keep_id integer REFERENCES keep);
CREATE VIEW gone_view AS SELECT keep.x FROM keep JOIN gone ON gone.keep_id = keep.id;
CREATE FUNCTION gone_count() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM gone; END;
INSERT INTO keep VALUES (1, 2);
