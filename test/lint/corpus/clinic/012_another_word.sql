-- rung:revision 012
-- rung:parents 011
-- rung:message another word

-- rung:up
-- expect: rename-enum-value
ALTER TYPE visit_state RENAME VALUE 'done' TO 'finished';

-- rung:down
ALTER TYPE visit_state RENAME VALUE 'finished' TO 'done';
