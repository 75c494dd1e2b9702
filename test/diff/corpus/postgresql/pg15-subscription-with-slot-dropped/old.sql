CREATE TABLE t (id integer);
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere dbname=x' PUBLICATION p, "Q q" WITH (connect = false, slot_name = 'other');
CREATE SUBSCRIPTION "S 2" CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false);
ALTER SUBSCRIPTION "S 2" OWNER TO CURRENT_USER;
