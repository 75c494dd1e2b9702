-- rung:revision 024
-- rung:parents 023
-- rung:message visits have a doctor

-- rung:up
ALTER TABLE visits ADD COLUMN doctor_id bigint;
-- expect: concurrently-splits
CREATE INDEX CONCURRENTLY visits_doctor_idx ON visits (doctor_id);
ALTER TABLE visits ADD CONSTRAINT visits_doctor_fkey FOREIGN KEY (doctor_id) REFERENCES people (id) NOT VALID;

-- rung:down
ALTER TABLE visits DROP COLUMN doctor_id;
