-- rung:revision 021
-- rung:parents 020
-- rung:message staff, in a schema of its own

-- rung:up
CREATE SCHEMA staff;
CREATE TABLE staff.people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    manager_id bigint REFERENCES staff.people (id)
);
CREATE INDEX people_manager_idx ON staff.people (manager_id);

-- rung:down
DROP SCHEMA staff CASCADE;
