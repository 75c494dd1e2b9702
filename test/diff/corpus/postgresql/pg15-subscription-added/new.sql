CREATE TABLE t (id integer);
CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p WITH (connect = false, enabled = false, slot_name = NONE, disable_on_error = true, two_phase = true);
