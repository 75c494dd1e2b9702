-- rung:revision 025
-- rung:parents 024
-- rung:message the doctor is validated

-- rung:up
ALTER TABLE visits VALIDATE CONSTRAINT visits_doctor_fkey;

-- rung:down
-- rung:notice nothing to take back
