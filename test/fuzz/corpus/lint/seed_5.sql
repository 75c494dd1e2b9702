
CREATE TABLE measurements (
    patient_id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    value double precision
) PARTITION BY RANGE (at);
CREATE TABLE measurements_2024 PARTITION OF measurements
    FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measurements_2025 PARTITION OF measurements
    FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX measurements_patient_idx ON measurements (patient_id, at);

DROP TABLE measurements;
