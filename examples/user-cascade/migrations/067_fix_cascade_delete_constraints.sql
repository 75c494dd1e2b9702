-- rung:revision 067
-- rung:parents 066
-- rung:message fix CASCADE delete constraints

-- rung:up postgresql
-- What each key was, so that down can put it back.
CREATE TABLE migration_067_former_keys (
    table_schema NAME NOT NULL,
    table_name NAME NOT NULL,
    constraint_name NAME NOT NULL,
    definition TEXT NOT NULL,
    comment TEXT,
    PRIMARY KEY (table_schema, table_name, constraint_name)
);

DO $$
DECLARE
    names CONSTANT text[] := ARRAY[
        'user_profiles',
        -- raw data
        'vitals_raw_data', 'nutrition_raw_data', 'pharmacy_raw_data', 'healthkit_raw_data',
        -- categorized data
        'vitals_raw_categorized', 'lab_report_categorized',
        -- hourly aggregates
        'vitals_hourly_aggregates',
        -- daily aggregates
        'vitals_daily_aggregates', 'nutrition_daily_aggregates', 'mental_health_daily',
        'pharmacy_daily_aggregates', 'healthkit_daily_aggregates', 'lab_reports_daily',
        -- weekly aggregates
        'vitals_weekly_aggregates', 'nutrition_weekly_aggregates', 'pharmacy_weekly_aggregates',
        'healthkit_weekly_aggregates',
        -- monthly aggregates
        'vitals_monthly_aggregates', 'nutrition_monthly_aggregates',
        'pharmacy_monthly_aggregates', 'healthkit_monthly_aggregates',
        -- quarterly and yearly aggregates
        'lab_reports_quarterly', 'lab_reports_yearly',
        -- nutrition goals and planning
        'nutrition_goals', 'user_nutrient_focus', 'nutrition_meal_plans',
        -- sync status
        'vitals_sync_status', 'nutrition_sync_status', 'healthkit_sync_status',
        -- clinical data
        'clinical_notes', 'clinical_reports', 'medical_images', 'lab_reports',
        -- chat and communication
        'chat_sessions', 'chat_messages', 'agent_memory',
        -- appointments
        'appointments', 'consultation_requests',
        -- user profile and preferences
        'user_conditions', 'user_allergies', 'user_lifestyle', 'user_consents',
        'user_measurement_preferences',
        -- health data
        'patient_health_records', 'health_data_history', 'patient_health_summaries',
        'health_scores', 'mental_health_entries',
        -- authentication and security
        'user_identities', 'login_events', 'password_reset_tokens',
        -- devices and notifications
        'user_devices', 'user_notifications',
        -- logs and feedback
        'document_processing_logs', 'feedback',
        -- pharmacy
        'pharmacy_medications', 'pharmacy_bills',
        -- legacy, may not exist
        'user_health_conditions', 'user_dietary_restrictions', 'user_medications',
        'user_health_goals', 'nutrition_logs', 'mental_health_logs', 'vitals',
        'vitals_aggregates', 'vitals_categorized'];
    users CONSTANT regclass := 'users';
    memory CONSTANT regclass := 'migration_067_former_keys';
    path CONSTANT text := current_setting('search_path');
    home name;
    child text;
    child_oid oid;
    fixed int;
    key record;
BEGIN
    RAISE NOTICE 'Fixing CASCADE constraints for user-related tables...';

    -- The tables are those beside users, whatever else has the same names. An empty path makes
    -- the server write every name with its schema, so that the kept definitions hold anywhere.
    SELECT n.nspname INTO home
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = users;
    PERFORM set_config('search_path', 'pg_catalog', true);

    FOREACH child IN ARRAY names LOOP
        child_oid := to_regclass(format('%I.%I', home, child));
        IF child_oid IS NULL THEN
            RAISE NOTICE '  ⏭️  Skipping % (table does not exist)', child;
            CONTINUE;
        END IF;

        fixed := 0;
        FOR key IN
            SELECT c.*, pg_get_constraintdef(c.oid) AS definition,
                   obj_description(c.oid, 'pg_constraint') AS comment,
                   (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.position)
                    FROM unnest(c.conkey) WITH ORDINALITY AS k (number, position)
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
                   ) AS columns,
                   (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.position)
                    FROM unnest(c.confkey) WITH ORDINALITY AS k (number, position)
                    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
                   ) AS target_columns
            FROM pg_constraint c
            WHERE c.contype = 'f' AND c.conrelid = child_oid AND c.confrelid = users
              AND c.confdeltype <> 'c'
              AND c.conparentid = 0  -- a partition's key changes with its parent's
            ORDER BY c.conname
        LOOP
            EXECUTE format('INSERT INTO %s VALUES ($1, $2, $3, $4, $5)', memory)
            USING home, child, key.conname, key.definition, key.comment;

            -- One statement: nobody sees the table without its key.
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I'
                           ' FOREIGN KEY (%s) REFERENCES %s (%s)',
                           child_oid::regclass, key.conname, key.conname,
                           key.columns, users, key.target_columns)
                || CASE key.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END
                || CASE key.confupdtype
                       WHEN 'c' THEN ' ON UPDATE CASCADE'
                       WHEN 'r' THEN ' ON UPDATE RESTRICT'
                       WHEN 'n' THEN ' ON UPDATE SET NULL'
                       WHEN 'd' THEN ' ON UPDATE SET DEFAULT'
                       ELSE '' END
                || ' ON DELETE CASCADE'
                || CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END
                || CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END
                || CASE WHEN key.convalidated THEN '' ELSE ' NOT VALID' END;

            IF key.comment IS NOT NULL THEN
                EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L',
                               key.conname, child_oid::regclass, key.comment);
            END IF;
            fixed := fixed + 1;
        END LOOP;

        IF fixed > 0 THEN
            RAISE NOTICE '  ✅ Fixed %', child;
        ELSE
            RAISE NOTICE '  ⏭️  Skipping % (no key to users without CASCADE)', child;
        END IF;
    END LOOP;

    PERFORM set_config('search_path', path, true);
    RAISE NOTICE '✅ CASCADE constraints fixed successfully!';
END
$$;

-- rung:down postgresql
DO $$
DECLARE
    key record;
BEGIN
    RAISE NOTICE 'Restoring the former keys...';
    FOR key IN
        SELECT * FROM migration_067_former_keys ORDER BY table_schema, table_name, constraint_name
    LOOP
        IF to_regclass(format('%I.%I', key.table_schema, key.table_name)) IS NULL THEN
            RAISE NOTICE '  ⏭️  Skipping % (table does not exist)', key.table_name;
            CONTINUE;
        END IF;
        EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT IF EXISTS %I, ADD CONSTRAINT %I %s',
                       key.table_schema, key.table_name, key.constraint_name,
                       key.constraint_name, key.definition);
        IF key.comment IS NOT NULL THEN
            EXECUTE format('COMMENT ON CONSTRAINT %I ON %I.%I IS %L', key.constraint_name,
                           key.table_schema, key.table_name, key.comment);
        END IF;
        RAISE NOTICE '  ↩️  Restored %', key.table_name;
    END LOOP;
    RAISE NOTICE '↩️ Former keys restored.';
END
$$;

DROP TABLE migration_067_former_keys;

-- rung:check postgresql none: Every key to users has ON DELETE CASCADE
SELECT conrelid::regclass, conname
FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'users'::regclass AND confdeltype <> 'c';

-- rung:check postgresql Keys that cascade
SELECT count(*) >= 61, count(*), 61
FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'users'::regclass AND confdeltype = 'c';

-- rung:check postgresql Verification query
SELECT count(*) >= 64, count(*), 64
FROM (
    SELECT
        tc.table_name,
        kcu.column_name,
        rc.delete_rule
    FROM information_schema.table_constraints AS tc
    JOIN information_schema.key_column_usage AS kcu
      ON tc.constraint_name = kcu.constraint_name
    JOIN information_schema.referential_constraints AS rc
      ON rc.constraint_name = tc.constraint_name
    JOIN information_schema.constraint_column_usage AS ccu
      ON ccu.constraint_name = tc.constraint_name
    WHERE tc.constraint_type = 'FOREIGN KEY'
      AND ccu.table_name = 'users'
      AND rc.delete_rule = 'CASCADE'
) AS cascading;

-- rung:check postgresql Count
SELECT count(*) >= 61, count(*), 61
FROM information_schema.referential_constraints
WHERE delete_rule = 'CASCADE' AND constraint_schema = current_schema();
