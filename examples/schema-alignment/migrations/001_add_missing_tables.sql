-- rung:revision 001
-- rung:parents 000
-- rung:message add user_api_keys, user_progress and export_history

-- rung:up postgresql
-- The application encrypts a key before it is stored; no plain key ever belongs here.
CREATE TABLE user_api_keys (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    openai_key_encrypted TEXT,
    unsplash_key_encrypted TEXT,
    anthropic_key_encrypted TEXT,
    last_validated_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE user_progress (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    completed_sessions INTEGER NOT NULL DEFAULT 0,
    study_seconds BIGINT NOT NULL DEFAULT 0,
    average_session_seconds INTEGER NOT NULL DEFAULT 0,
    images_viewed INTEGER NOT NULL DEFAULT 0,
    descriptions_generated INTEGER NOT NULL DEFAULT 0,
    questions_answered INTEGER NOT NULL DEFAULT 0,
    correct_answers INTEGER NOT NULL DEFAULT 0,
    accuracy_percent NUMERIC(5,2) NOT NULL DEFAULT 0,
    phrases_saved INTEGER NOT NULL DEFAULT 0,
    phrases_mastered INTEGER NOT NULL DEFAULT 0,
    total_points INTEGER NOT NULL DEFAULT 0,
    best_session_points INTEGER NOT NULL DEFAULT 0,
    level INTEGER NOT NULL DEFAULT 1,
    current_streak_days INTEGER NOT NULL DEFAULT 0,
    longest_streak_days INTEGER NOT NULL DEFAULT 0,
    weekly_goal_sessions INTEGER NOT NULL DEFAULT 5,
    achievements JSONB NOT NULL DEFAULT '[]',
    skill_levels JSONB NOT NULL DEFAULT '{}',
    first_session_at TIMESTAMPTZ,
    last_session_at TIMESTAMPTZ,
    last_activity_date DATE,  -- in UTC, as streaks are counted
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE export_history (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    export_type VARCHAR(50) NOT NULL,    -- 'vocabulary', 'sessions', 'progress', 'all'
    export_format VARCHAR(20) NOT NULL,  -- 'csv', 'json', 'pdf', 'anki'
    status VARCHAR(20) NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired')),
    filters JSONB NOT NULL DEFAULT '{}',
    file_name VARCHAR(255),
    storage_path TEXT,
    file_size_bytes BIGINT,
    item_count INTEGER,
    duration_ms INTEGER,
    error_message TEXT,
    download_count INTEGER NOT NULL DEFAULT 0,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Keys that have not been tried for long; the unique key on user_id finds a user's own.
CREATE INDEX idx_user_api_keys_last_validated ON user_api_keys (last_validated_at);
-- The leaderboard, and who has been away.
CREATE INDEX idx_user_progress_total_points ON user_progress (total_points DESC);
CREATE INDEX idx_user_progress_last_activity ON user_progress (last_activity_date);
-- A user's list, the worker's queue, the clean-up of expired files, the report by type.
CREATE INDEX idx_export_history_user_created ON export_history (user_id, created_at DESC);
CREATE INDEX idx_export_history_open ON export_history (created_at)
    WHERE status IN ('pending', 'processing');
CREATE INDEX idx_export_history_expires ON export_history (expires_at)
    WHERE expires_at IS NOT NULL;
CREATE INDEX idx_export_history_type_created ON export_history (export_type, created_at);

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE FUNCTION progress_level(points integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT SET search_path = ''
AS $$ SELECT 1 + greatest(points, 0) / 500 $$;

-- The streak after a session on `today`, when the one before was on `last`. A session that is
-- reported late changes nothing.
CREATE FUNCTION progress_streak(last date, today date, streak integer) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
    SELECT CASE
        WHEN last IS NULL OR today > last + 1 THEN 1
        WHEN today = last + 1 THEN streak + 1
        ELSE greatest(streak, 1)
    END
$$;

-- Runs with its owner's rights: a user's request may finish a session, but the totals are not the
-- user's to write. The empty path keeps a caller from slipping other tables in.
CREATE FUNCTION record_session_completion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    finished CONSTANT timestamptz := coalesce(NEW.completed_at, now());
    seconds CONSTANT integer := greatest(0, floor(extract(epoch FROM finished - NEW.started_at)));
    today CONSTANT date := (finished AT TIME ZONE 'UTC')::date;
BEGIN
    INSERT INTO public.user_progress AS p (
        user_id, completed_sessions, study_seconds, average_session_seconds,
        images_viewed, descriptions_generated, questions_answered, correct_answers,
        accuracy_percent, phrases_saved, total_points, best_session_points, level,
        current_streak_days, longest_streak_days,
        first_session_at, last_session_at, last_activity_date)
    VALUES (
        NEW.user_id, 1, seconds, seconds,
        NEW.images_viewed, NEW.descriptions_generated, NEW.questions_answered, NEW.correct_answers,
        coalesce(round(100.0 * NEW.correct_answers / nullif(NEW.questions_answered, 0), 2), 0),
        NEW.phrases_saved, NEW.points, NEW.points, public.progress_level(NEW.points),
        1, 1, NEW.started_at, finished, today)
    ON CONFLICT (user_id) DO UPDATE SET
        completed_sessions = p.completed_sessions + 1,
        study_seconds = p.study_seconds + EXCLUDED.study_seconds,
        average_session_seconds =
            (p.study_seconds + EXCLUDED.study_seconds) / (p.completed_sessions + 1),
        images_viewed = p.images_viewed + EXCLUDED.images_viewed,
        descriptions_generated = p.descriptions_generated + EXCLUDED.descriptions_generated,
        questions_answered = p.questions_answered + EXCLUDED.questions_answered,
        correct_answers = p.correct_answers + EXCLUDED.correct_answers,
        accuracy_percent = coalesce(round(
            100.0 * (p.correct_answers + EXCLUDED.correct_answers)
            / nullif(p.questions_answered + EXCLUDED.questions_answered, 0), 2), 0),
        phrases_saved = p.phrases_saved + EXCLUDED.phrases_saved,
        total_points = p.total_points + EXCLUDED.total_points,
        best_session_points = greatest(p.best_session_points, EXCLUDED.best_session_points),
        level = public.progress_level(p.total_points + EXCLUDED.total_points),
        current_streak_days =
            public.progress_streak(p.last_activity_date, today, p.current_streak_days),
        longest_streak_days = greatest(
            p.longest_streak_days,
            public.progress_streak(p.last_activity_date, today, p.current_streak_days)),
        first_session_at = least(p.first_session_at, EXCLUDED.first_session_at),
        last_session_at = greatest(p.last_session_at, EXCLUDED.last_session_at),
        last_activity_date = greatest(p.last_activity_date, today);
    RETURN NULL;
END
$$;

CREATE TRIGGER user_api_keys_updated_at BEFORE UPDATE ON user_api_keys
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER user_progress_updated_at BEFORE UPDATE ON user_progress
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER export_history_updated_at BEFORE UPDATE ON export_history
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER sessions_completed AFTER UPDATE OF status ON sessions
    FOR EACH ROW WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
    EXECUTE FUNCTION record_session_completion();

-- The sub-select makes the server ask for the user once a query, not once a row.
ALTER TABLE user_api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_api_keys_select_own ON user_api_keys FOR SELECT
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY user_api_keys_insert_own ON user_api_keys FOR INSERT
    WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY user_api_keys_update_own ON user_api_keys FOR UPDATE
    USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY user_api_keys_delete_own ON user_api_keys FOR DELETE
    USING (user_id = (SELECT auth.uid()));

ALTER TABLE user_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_progress_select_own ON user_progress FOR SELECT
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY user_progress_insert_own ON user_progress FOR INSERT
    WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY user_progress_update_own ON user_progress FOR UPDATE
    USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY user_progress_delete_own ON user_progress FOR DELETE
    USING (user_id = (SELECT auth.uid()));

ALTER TABLE export_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY export_history_select_own ON export_history FOR SELECT
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY export_history_insert_own ON export_history FOR INSERT
    WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY export_history_update_own ON export_history FOR UPDATE
    USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY export_history_delete_own ON export_history FOR DELETE
    USING (user_id = (SELECT auth.uid()));

-- A row for every user there is, with the totals of the sessions so far. A streak starts anew.
INSERT INTO user_progress (
    user_id, completed_sessions, study_seconds, average_session_seconds,
    images_viewed, descriptions_generated, questions_answered, correct_answers,
    accuracy_percent, phrases_saved, total_points, best_session_points, level,
    current_streak_days, longest_streak_days,
    first_session_at, last_session_at, last_activity_date)
SELECT
    u.id, count(s.id),
    coalesce(sum(s.seconds), 0), coalesce(sum(s.seconds) / nullif(count(s.id), 0), 0),
    coalesce(sum(s.images_viewed), 0), coalesce(sum(s.descriptions_generated), 0),
    coalesce(sum(s.questions_answered), 0), coalesce(sum(s.correct_answers), 0),
    coalesce(round(100.0 * sum(s.correct_answers) / nullif(sum(s.questions_answered), 0), 2), 0),
    coalesce(sum(s.phrases_saved), 0), coalesce(sum(s.points), 0), coalesce(max(s.points), 0),
    progress_level(coalesce(sum(s.points), 0)::integer),
    least(count(s.id), 1), least(count(s.id), 1),
    min(s.started_at), max(s.finished), (max(s.finished) AT TIME ZONE 'UTC')::date
FROM users u
LEFT JOIN (
    SELECT *, coalesce(completed_at, started_at) AS finished,
           floor(greatest(0, extract(epoch FROM completed_at - started_at)))::bigint AS seconds
    FROM sessions
    WHERE status = 'completed'
) AS s ON s.user_id = u.id
GROUP BY u.id;

-- rung:up sqlite
-- rung:notice row-level security is left out: SQLite has no roles; filter by user_id in the application
-- rung:notice the four functions are left out: SQLite has none; the triggers hold their work
CREATE TABLE user_api_keys (
    id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
        || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-'
        || hex(randomblob(6)))),
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    openai_key_encrypted TEXT,
    unsplash_key_encrypted TEXT,
    anthropic_key_encrypted TEXT,
    last_validated_at TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);

CREATE TABLE user_progress (
    id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
        || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-'
        || hex(randomblob(6)))),
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    completed_sessions INTEGER NOT NULL DEFAULT 0,
    study_seconds INTEGER NOT NULL DEFAULT 0,
    average_session_seconds INTEGER NOT NULL DEFAULT 0,
    images_viewed INTEGER NOT NULL DEFAULT 0,
    descriptions_generated INTEGER NOT NULL DEFAULT 0,
    questions_answered INTEGER NOT NULL DEFAULT 0,
    correct_answers INTEGER NOT NULL DEFAULT 0,
    accuracy_percent NUMERIC NOT NULL DEFAULT 0,
    phrases_saved INTEGER NOT NULL DEFAULT 0,
    phrases_mastered INTEGER NOT NULL DEFAULT 0,
    total_points INTEGER NOT NULL DEFAULT 0,
    best_session_points INTEGER NOT NULL DEFAULT 0,
    level INTEGER NOT NULL DEFAULT 1,
    current_streak_days INTEGER NOT NULL DEFAULT 0,
    longest_streak_days INTEGER NOT NULL DEFAULT 0,
    weekly_goal_sessions INTEGER NOT NULL DEFAULT 5,
    achievements TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(achievements)),
    skill_levels TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(skill_levels)),
    first_session_at TEXT,
    last_session_at TEXT,
    last_activity_date TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);

CREATE TABLE export_history (
    id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
        || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-'
        || hex(randomblob(6)))),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    export_type TEXT NOT NULL CHECK (length(export_type) <= 50),
    export_format TEXT NOT NULL CHECK (length(export_format) <= 20),
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired')),
    filters TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(filters)),
    file_name TEXT CHECK (length(file_name) <= 255),
    storage_path TEXT,
    file_size_bytes INTEGER,
    item_count INTEGER,
    duration_ms INTEGER,
    error_message TEXT,
    download_count INTEGER NOT NULL DEFAULT 0,
    started_at TEXT,
    completed_at TEXT,
    expires_at TEXT,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);

CREATE INDEX idx_user_api_keys_last_validated ON user_api_keys (last_validated_at);
CREATE INDEX idx_user_progress_total_points ON user_progress (total_points DESC);
CREATE INDEX idx_user_progress_last_activity ON user_progress (last_activity_date);
CREATE INDEX idx_export_history_user_created ON export_history (user_id, created_at DESC);
CREATE INDEX idx_export_history_open ON export_history (created_at)
    WHERE status IN ('pending', 'processing');
CREATE INDEX idx_export_history_expires ON export_history (expires_at)
    WHERE expires_at IS NOT NULL;
CREATE INDEX idx_export_history_type_created ON export_history (export_type, created_at);

-- The time is compared so that a connection with recursive_triggers on comes to an end.
CREATE TRIGGER user_api_keys_updated_at AFTER UPDATE ON user_api_keys
FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at AND NEW.updated_at < strftime('%Y-%m-%d %H:%M:%f', 'now')
BEGIN
    UPDATE user_api_keys SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = NEW.id;
END;

CREATE TRIGGER user_progress_updated_at AFTER UPDATE ON user_progress
FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at AND NEW.updated_at < strftime('%Y-%m-%d %H:%M:%f', 'now')
BEGIN
    UPDATE user_progress SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = NEW.id;
END;

CREATE TRIGGER export_history_updated_at AFTER UPDATE ON export_history
FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at AND NEW.updated_at < strftime('%Y-%m-%d %H:%M:%f', 'now')
BEGIN
    UPDATE export_history SET updated_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = NEW.id;
END;

CREATE TRIGGER sessions_completed AFTER UPDATE OF status ON sessions
FOR EACH ROW WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
    INSERT INTO user_progress (
        user_id, completed_sessions, study_seconds, average_session_seconds,
        images_viewed, descriptions_generated, questions_answered, correct_answers,
        accuracy_percent, phrases_saved, total_points, best_session_points, level,
        current_streak_days, longest_streak_days,
        first_session_at, last_session_at, last_activity_date)
    SELECT
        NEW.user_id, 1, s.seconds, s.seconds,
        NEW.images_viewed, NEW.descriptions_generated, NEW.questions_answered, NEW.correct_answers,
        coalesce(round(100.0 * NEW.correct_answers / nullif(NEW.questions_answered, 0), 2), 0),
        NEW.phrases_saved, NEW.points, NEW.points, 1 + max(NEW.points, 0) / 500,
        1, 1, NEW.started_at, s.finished, date(s.finished)
    FROM (
        SELECT f.finished,
               max(0, strftime('%s', f.finished) - strftime('%s', NEW.started_at)) AS seconds
        FROM (SELECT coalesce(NEW.completed_at, strftime('%Y-%m-%d %H:%M:%f', 'now')) AS finished) AS f
    ) AS s
    WHERE true  -- so that ON CONFLICT is not read as a join
    ON CONFLICT (user_id) DO UPDATE SET
        completed_sessions = completed_sessions + 1,
        study_seconds = study_seconds + excluded.study_seconds,
        average_session_seconds =
            (study_seconds + excluded.study_seconds) / (completed_sessions + 1),
        images_viewed = images_viewed + excluded.images_viewed,
        descriptions_generated = descriptions_generated + excluded.descriptions_generated,
        questions_answered = questions_answered + excluded.questions_answered,
        correct_answers = correct_answers + excluded.correct_answers,
        accuracy_percent = coalesce(round(
            100.0 * (correct_answers + excluded.correct_answers)
            / nullif(questions_answered + excluded.questions_answered, 0), 2), 0),
        phrases_saved = phrases_saved + excluded.phrases_saved,
        total_points = total_points + excluded.total_points,
        best_session_points = max(best_session_points, excluded.best_session_points),
        level = 1 + max(total_points + excluded.total_points, 0) / 500,
        current_streak_days = CASE
            WHEN last_activity_date IS NULL
              OR excluded.last_activity_date > date(last_activity_date, '+1 day') THEN 1
            WHEN excluded.last_activity_date = date(last_activity_date, '+1 day')
              THEN current_streak_days + 1
            ELSE max(current_streak_days, 1) END,
        longest_streak_days = max(longest_streak_days, CASE
            WHEN excluded.last_activity_date = date(last_activity_date, '+1 day')
              THEN current_streak_days + 1
            ELSE 1 END),
        first_session_at = min(coalesce(first_session_at, excluded.first_session_at),
                               excluded.first_session_at),
        last_session_at = max(coalesce(last_session_at, excluded.last_session_at),
                              excluded.last_session_at),
        last_activity_date = max(coalesce(last_activity_date, excluded.last_activity_date),
                                 excluded.last_activity_date);
END;

-- A row for every user there is, with the totals of the sessions so far. A streak starts anew.
INSERT INTO user_progress (
    user_id, completed_sessions, study_seconds, average_session_seconds,
    images_viewed, descriptions_generated, questions_answered, correct_answers,
    accuracy_percent, phrases_saved, total_points, best_session_points, level,
    current_streak_days, longest_streak_days,
    first_session_at, last_session_at, last_activity_date)
SELECT
    u.id, count(s.id),
    coalesce(sum(s.seconds), 0), coalesce(sum(s.seconds) / nullif(count(s.id), 0), 0),
    coalesce(sum(s.images_viewed), 0), coalesce(sum(s.descriptions_generated), 0),
    coalesce(sum(s.questions_answered), 0), coalesce(sum(s.correct_answers), 0),
    coalesce(round(100.0 * sum(s.correct_answers) / nullif(sum(s.questions_answered), 0), 2), 0),
    coalesce(sum(s.phrases_saved), 0), coalesce(sum(s.points), 0), coalesce(max(s.points), 0),
    1 + max(coalesce(sum(s.points), 0), 0) / 500,
    min(count(s.id), 1), min(count(s.id), 1),
    min(s.started_at), max(s.finished), date(max(s.finished))
FROM users AS u
LEFT JOIN (
    SELECT *, coalesce(completed_at, started_at) AS finished,
           max(0, strftime('%s', completed_at) - strftime('%s', started_at)) AS seconds
    FROM sessions
    WHERE status = 'completed'
) AS s ON s.user_id = u.id
GROUP BY u.id;

-- rung:down postgresql
DROP TRIGGER sessions_completed ON sessions;
DROP TABLE export_history;
DROP TABLE user_progress;
DROP TABLE user_api_keys;
DROP FUNCTION record_session_completion();
DROP FUNCTION progress_streak(date, date, integer);
DROP FUNCTION progress_level(integer);
DROP FUNCTION set_updated_at();

-- rung:down sqlite
DROP TRIGGER sessions_completed;
DROP TABLE export_history;
DROP TABLE user_progress;
DROP TABLE user_api_keys;

-- rung:check postgresql Tables Created
SELECT count(*) = 3, count(*), 3
FROM information_schema.tables
WHERE table_schema = current_schema()
  AND table_name IN ('user_api_keys', 'user_progress', 'export_history');

-- rung:check sqlite Tables Created
SELECT count(*) = 3, count(*), 3
FROM sqlite_schema
WHERE type = 'table' AND name IN ('user_api_keys', 'user_progress', 'export_history');

-- rung:check postgresql RLS Enabled
SELECT count(*) = 3, count(*), 3
FROM pg_class
WHERE oid IN ('user_api_keys'::regclass, 'user_progress'::regclass, 'export_history'::regclass)
  AND relrowsecurity;

-- rung:check postgresql RLS Policies
SELECT count(DISTINCT (polrelid, polcmd)) = 12, count(DISTINCT (polrelid, polcmd)), 12
FROM pg_policy
WHERE polrelid IN
      ('user_api_keys'::regclass, 'user_progress'::regclass, 'export_history'::regclass)
  AND polcmd IN ('r', 'a', 'w', 'd');

-- rung:check postgresql Indexes Created
SELECT count(*) = 7, count(*), 7
FROM pg_index AS i
WHERE i.indrelid IN
      ('user_api_keys'::regclass, 'user_progress'::regclass, 'export_history'::regclass)
  AND i.indisvalid
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid);

-- rung:check sqlite Indexes Created
SELECT count(*) = 7, count(*), 7
FROM sqlite_schema
WHERE type = 'index'
  AND tbl_name IN ('user_api_keys', 'user_progress', 'export_history')
  AND sql IS NOT NULL;

-- rung:check postgresql Triggers Created
SELECT count(*) = 4, count(*), 4
FROM pg_trigger
WHERE NOT tgisinternal
  AND tgenabled = 'O'
  AND (tgrelid::regclass::text, tgname::text) IN (
       ('user_api_keys', 'user_api_keys_updated_at'),
       ('user_progress', 'user_progress_updated_at'),
       ('export_history', 'export_history_updated_at'),
       ('sessions', 'sessions_completed'));

-- rung:check sqlite Triggers Created
SELECT count(*) = 4, count(*), 4
FROM sqlite_schema
WHERE type = 'trigger'
  AND name IN ('user_api_keys_updated_at', 'user_progress_updated_at',
               'export_history_updated_at', 'sessions_completed');

-- rung:check postgresql Functions Created
SELECT count(*) = 4, count(*), 4
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
  AND proname IN ('set_updated_at', 'progress_level', 'progress_streak',
                  'record_session_completion');

-- rung:check postgresql Foreign Keys
SELECT count(*) = 3, count(*), 3
FROM pg_constraint
WHERE contype = 'f'
  AND conrelid IN
      ('user_api_keys'::regclass, 'user_progress'::regclass, 'export_history'::regclass)
  AND confrelid = 'users'::regclass
  AND confdeltype = 'c';

-- rung:check sqlite Foreign Keys
SELECT count(*) = 3, count(*), 3
FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
WHERE s.type = 'table'
  AND s.name IN ('user_api_keys', 'user_progress', 'export_history')
  AND f."table" = 'users'
  AND f.on_delete = 'CASCADE';

-- rung:check postgresql Unique Constraints
SELECT count(*) = 2, count(*), 2
FROM pg_constraint
WHERE contype = 'u'
  AND conrelid IN
      ('user_api_keys'::regclass, 'user_progress'::regclass, 'export_history'::regclass);

-- rung:check sqlite Unique Constraints
SELECT count(*) = 2, count(*), 2
FROM sqlite_schema AS s, pragma_index_list(s.name) AS i
WHERE s.type = 'table'
  AND s.name IN ('user_api_keys', 'user_progress', 'export_history')
  AND i.origin = 'u';

-- rung:check Initial Data
SELECT (SELECT count(*) FROM user_progress) >= (SELECT count(*) FROM users),
       (SELECT count(*) FROM user_progress), (SELECT count(*) FROM users);

-- rung:check postgresql All columns present
SELECT count(*) = 51, count(*), 51
FROM information_schema.columns
WHERE table_schema = current_schema()
  AND (table_name, column_name) IN (
       ('user_api_keys', 'id'), ('user_api_keys', 'user_id'),
       ('user_api_keys', 'openai_key_encrypted'), ('user_api_keys', 'unsplash_key_encrypted'),
       ('user_api_keys', 'anthropic_key_encrypted'), ('user_api_keys', 'last_validated_at'),
       ('user_api_keys', 'created_at'), ('user_api_keys', 'updated_at'),
       ('user_progress', 'id'), ('user_progress', 'user_id'),
       ('user_progress', 'completed_sessions'), ('user_progress', 'study_seconds'),
       ('user_progress', 'average_session_seconds'), ('user_progress', 'images_viewed'),
       ('user_progress', 'descriptions_generated'), ('user_progress', 'questions_answered'),
       ('user_progress', 'correct_answers'), ('user_progress', 'accuracy_percent'),
       ('user_progress', 'phrases_saved'), ('user_progress', 'phrases_mastered'),
       ('user_progress', 'total_points'), ('user_progress', 'best_session_points'),
       ('user_progress', 'level'), ('user_progress', 'current_streak_days'),
       ('user_progress', 'longest_streak_days'), ('user_progress', 'weekly_goal_sessions'),
       ('user_progress', 'achievements'), ('user_progress', 'skill_levels'),
       ('user_progress', 'first_session_at'), ('user_progress', 'last_session_at'),
       ('user_progress', 'last_activity_date'), ('user_progress', 'created_at'),
       ('user_progress', 'updated_at'),
       ('export_history', 'id'), ('export_history', 'user_id'),
       ('export_history', 'export_type'), ('export_history', 'export_format'),
       ('export_history', 'status'), ('export_history', 'filters'),
       ('export_history', 'file_name'), ('export_history', 'storage_path'),
       ('export_history', 'file_size_bytes'), ('export_history', 'item_count'),
       ('export_history', 'duration_ms'), ('export_history', 'error_message'),
       ('export_history', 'download_count'), ('export_history', 'started_at'),
       ('export_history', 'completed_at'), ('export_history', 'expires_at'),
       ('export_history', 'created_at'), ('export_history', 'updated_at'));

-- rung:check sqlite All columns present
SELECT count(*) = 51, count(*), 51
FROM sqlite_schema AS s, pragma_table_info(s.name) AS c
WHERE s.type = 'table'
  AND (s.name, c.name) IN (VALUES
       ('user_api_keys', 'id'), ('user_api_keys', 'user_id'),
       ('user_api_keys', 'openai_key_encrypted'), ('user_api_keys', 'unsplash_key_encrypted'),
       ('user_api_keys', 'anthropic_key_encrypted'), ('user_api_keys', 'last_validated_at'),
       ('user_api_keys', 'created_at'), ('user_api_keys', 'updated_at'),
       ('user_progress', 'id'), ('user_progress', 'user_id'),
       ('user_progress', 'completed_sessions'), ('user_progress', 'study_seconds'),
       ('user_progress', 'average_session_seconds'), ('user_progress', 'images_viewed'),
       ('user_progress', 'descriptions_generated'), ('user_progress', 'questions_answered'),
       ('user_progress', 'correct_answers'), ('user_progress', 'accuracy_percent'),
       ('user_progress', 'phrases_saved'), ('user_progress', 'phrases_mastered'),
       ('user_progress', 'total_points'), ('user_progress', 'best_session_points'),
       ('user_progress', 'level'), ('user_progress', 'current_streak_days'),
       ('user_progress', 'longest_streak_days'), ('user_progress', 'weekly_goal_sessions'),
       ('user_progress', 'achievements'), ('user_progress', 'skill_levels'),
       ('user_progress', 'first_session_at'), ('user_progress', 'last_session_at'),
       ('user_progress', 'last_activity_date'), ('user_progress', 'created_at'),
       ('user_progress', 'updated_at'),
       ('export_history', 'id'), ('export_history', 'user_id'),
       ('export_history', 'export_type'), ('export_history', 'export_format'),
       ('export_history', 'status'), ('export_history', 'filters'),
       ('export_history', 'file_name'), ('export_history', 'storage_path'),
       ('export_history', 'file_size_bytes'), ('export_history', 'item_count'),
       ('export_history', 'duration_ms'), ('export_history', 'error_message'),
       ('export_history', 'download_count'), ('export_history', 'started_at'),
       ('export_history', 'completed_at'), ('export_history', 'expires_at'),
       ('export_history', 'created_at'), ('export_history', 'updated_at'));
