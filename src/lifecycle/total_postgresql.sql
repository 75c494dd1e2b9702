-- What the audit adds up to, so that nobody has to read all of it: kept by a trigger, in the
-- transaction of the record. And what else is measured while rows are removed, or found by a check.
DO $body$
BEGIN
    IF to_regclass('rung.total') IS NULL THEN
        CREATE TABLE rung.total (
            action text NOT NULL,
            policy text NOT NULL,
            table_name text NOT NULL,
            events bigint NOT NULL,
            row_count bigint NOT NULL,
            subjects bigint NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (action, policy, table_name)
        ) WITH (fillfactor = 50);
        CREATE TABLE rung.measure (
            name text NOT NULL,
            policy text NOT NULL,
            label text NOT NULL,
            number bigint NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (name, policy, label)
        ) WITH (fillfactor = 50);
        CREATE FUNCTION rung.audit_total() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp AS $function$
        BEGIN
            INSERT INTO rung.total AS t VALUES (NEW.action, coalesce(NEW.policy, ''),
                coalesce(NEW.table_name, ''), 1, NEW.row_count, NEW.subjects, NEW.at)
                ON CONFLICT (action, policy, table_name) DO UPDATE SET events = t.events + 1,
                row_count = t.row_count + excluded.row_count,
                subjects = t.subjects + excluded.subjects, at = excluded.at;
            RETURN NULL;
        END
        $function$;
        REVOKE ALL ON FUNCTION rung.audit_total() FROM PUBLIC;
        -- it locks the audit: no record comes in before the sum of those that are there
        CREATE TRIGGER total AFTER INSERT ON rung.audit
            FOR EACH ROW EXECUTE FUNCTION rung.audit_total();
        INSERT INTO rung.total SELECT action, coalesce(policy, ''), coalesce(table_name, ''),
            count(*), sum(row_count), sum(subjects), max(at) FROM rung.audit GROUP BY 1, 2, 3;
    END IF;
END
$body$;
