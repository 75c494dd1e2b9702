CREATE TABLE t (id integer);
CREATE SUBSCRIPTION "S 2" CONNECTION 'host=/nowhere' PUBLICATION "Q q" WITH (connect = false, slot_name = NONE, two_phase = true);
