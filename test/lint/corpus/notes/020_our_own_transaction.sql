-- rung:revision 020
-- rung:parents 019
-- rung:message our own transaction

-- rung:up sqlite
-- expect: transaction-control
BEGIN IMMEDIATE;
UPDATE tags SET hidden = 0;
-- expect: transaction-control
COMMIT;

-- rung:down sqlite
-- rung:notice nothing to take back
