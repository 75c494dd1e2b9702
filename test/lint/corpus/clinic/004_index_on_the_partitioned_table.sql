-- rung:revision 004
-- rung:parents 003
-- rung:message index on the partitioned table

-- rung:up
-- expect: index-without-concurrently
CREATE INDEX measurements_kind_idx ON measurements (kind);

-- rung:down
DROP INDEX measurements_kind_idx;
