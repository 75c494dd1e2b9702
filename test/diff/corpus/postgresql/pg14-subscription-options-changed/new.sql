CREATE TABLE t (id integer);
CREATE SUBSCRIPTION s CONNECTION 'host=b dbname=x password=secret' PUBLICATION p1, p2 WITH (connect = false, enabled = false, slot_name = NONE, binary = true, synchronous_commit = 'local', streaming = true);
COMMENT ON SUBSCRIPTION s IS 'y';
