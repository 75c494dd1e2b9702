-- rung:revision 051
-- rung:parents 050
-- rung:message our own transaction

-- rung:up
-- expect: transaction-control
BEGIN;
ALTER TABLE customers ADD COLUMN nickname text;
-- expect: transaction-control
COMMIT;

-- rung:down
ALTER TABLE customers DROP COLUMN nickname;
