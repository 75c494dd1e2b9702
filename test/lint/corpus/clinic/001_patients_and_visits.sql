-- rung:revision 001
-- rung:parents
-- rung:message patients and visits

-- rung:up
CREATE TYPE visit_state AS ENUM ('planned', 'done');
CREATE DOMAIN short_text AS text;
CREATE TABLE patients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name short_text NOT NULL,
    born date NOT NULL
);
CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES patients (id),
    state visit_state NOT NULL DEFAULT 'planned',
    at timestamptz NOT NULL
);
CREATE INDEX visits_patient_idx ON visits (patient_id, at);

-- rung:down
DROP TABLE visits;
DROP TABLE patients;
DROP DOMAIN short_text;
DROP TYPE visit_state;
