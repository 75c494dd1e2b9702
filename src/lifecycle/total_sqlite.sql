-- What the audit adds up to, so that nobody has to read all of it: kept by a trigger, in the
-- transaction of the record. And what else is measured while rows are removed, or found by a check.
CREATE TABLE IF NOT EXISTS rung_total (
    action TEXT NOT NULL,
    policy TEXT NOT NULL,
    table_name TEXT NOT NULL,
    events INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    subjects INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (action, policy, table_name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS rung_measure (
    name TEXT NOT NULL,
    policy TEXT NOT NULL,
    label TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (name, policy, label)
) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS rung_audit_total AFTER INSERT ON rung_audit
BEGIN
    INSERT INTO rung_total VALUES (NEW.action, coalesce(NEW.policy, ''),
        coalesce(NEW.table_name, ''), 1, NEW.row_count, NEW.subjects,
        CAST(strftime('%s', NEW.at) AS INTEGER))
        ON CONFLICT (action, policy, table_name) DO UPDATE SET events = events + 1,
        row_count = row_count + excluded.row_count, subjects = subjects + excluded.subjects,
        at = excluded.at;
END;

INSERT INTO rung_total SELECT action, coalesce(policy, ''), coalesce(table_name, ''), count(*),
    sum(row_count), sum(subjects), CAST(strftime('%s', max(at)) AS INTEGER) FROM rung_audit
    WHERE NOT EXISTS (SELECT 1 FROM rung_total) GROUP BY 1, 2, 3;
