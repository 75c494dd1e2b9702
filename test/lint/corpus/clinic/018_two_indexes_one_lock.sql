-- rung:revision 018
-- rung:parents 017
-- rung:message two indexes, one lock

-- rung:up
-- expect: index-without-concurrently
CREATE INDEX visits_state_idx ON visits (state);
-- expect: index-without-concurrently work-under-lock
CREATE INDEX patients_name_idx ON patients (name);

-- rung:down
DROP INDEX patients_name_idx;
DROP INDEX visits_state_idx;
