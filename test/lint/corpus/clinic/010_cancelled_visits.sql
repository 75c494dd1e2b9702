-- rung:revision 010
-- rung:parents 009
-- rung:message cancelled visits

-- rung:up
ALTER TYPE visit_state ADD VALUE 'cancelled';

-- rung:down
-- rung:notice an enum value stays
