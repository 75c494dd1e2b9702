CREATE TABLE t (a integer PRIMARY KEY, g integer GENERATED ALWAYS AS (a + 1) STORED);
CREATE PUBLICATION p FOR TABLE t WITH (publish_generated_columns = stored);
INSERT INTO t VALUES (1);
