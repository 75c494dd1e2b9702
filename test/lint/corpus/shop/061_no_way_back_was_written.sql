-- rung:revision 061
-- rung:parents 060
-- rung:message no way back was written

-- expect-next: down-missing
-- rung:up
CREATE TABLE gifts (id bigint PRIMARY KEY, note text);
