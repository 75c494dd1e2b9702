CREATE TABLE t (id integer);
CREATE SUBSCRIPTION s CONNECTION 'host=a dbname=x password=secret' PUBLICATION p1 WITH (connect = false, enabled = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION s IS 'x';
