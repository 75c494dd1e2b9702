-- rung:revision 041
-- rung:parents 040
-- rung:message a setting of the session

-- rung:up
SET LOCAL work_mem = '256MB';
-- expect: index-without-concurrently
CREATE INDEX customers_created_idx ON customers (created_at);

-- rung:down
DROP INDEX customers_created_idx;
