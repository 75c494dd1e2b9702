-- rung:revision 005
-- rung:parents 004
-- rung:message it cannot be concurrent

-- rung:up
-- expect: concurrently-impossible
CREATE INDEX CONCURRENTLY measurements_value_idx ON measurements (value);

-- rung:down
DROP INDEX measurements_value_idx;
