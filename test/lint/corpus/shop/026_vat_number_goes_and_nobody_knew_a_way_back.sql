-- rung:revision 026
-- rung:parents 025
-- rung:message vat number goes, and nobody knew a way back

-- rung:up
-- expect: drop-column
ALTER TABLE customers DROP COLUMN vat_number;

-- rung:down
-- rung:notice the numbers are in the old system
