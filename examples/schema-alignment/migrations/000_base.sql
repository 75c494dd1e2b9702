-- rung:revision 000
-- rung:message what the application has already: auth, users, sessions

-- rung:up postgresql
-- Supabase brings the schema auth, auth.users and auth.uid() along. This stands in for them on a
-- plain server; on Supabase itself, run `rung stamp 000` instead.
CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA auth TO PUBLIC;

CREATE TABLE auth.users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email VARCHAR(255) UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Who the request comes from: the subject of its token, as the API puts it into the session.
CREATE FUNCTION auth.uid() RETURNS uuid
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    )::uuid
$$;

CREATE TABLE users (
    id UUID PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE,
    display_name VARCHAR(100),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    status VARCHAR(20) NOT NULL DEFAULT 'active',  -- 'active', 'completed', 'abandoned'
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    completed_at TIMESTAMPTZ,
    images_viewed INTEGER NOT NULL DEFAULT 0,
    descriptions_generated INTEGER NOT NULL DEFAULT 0,
    questions_answered INTEGER NOT NULL DEFAULT 0,
    correct_answers INTEGER NOT NULL DEFAULT 0,
    phrases_saved INTEGER NOT NULL DEFAULT 0,
    points INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX idx_sessions_user ON sessions (user_id, started_at);

-- rung:up sqlite
-- rung:notice auth.users and auth.uid() are left out: SQLite has no schemas, functions or roles
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    display_name TEXT CHECK (length(display_name) <= 100),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'active' CHECK (length(status) <= 20),
    started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    completed_at TEXT,
    images_viewed INTEGER NOT NULL DEFAULT 0,
    descriptions_generated INTEGER NOT NULL DEFAULT 0,
    questions_answered INTEGER NOT NULL DEFAULT 0,
    correct_answers INTEGER NOT NULL DEFAULT 0,
    phrases_saved INTEGER NOT NULL DEFAULT 0,
    points INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX idx_sessions_user ON sessions (user_id, started_at);

-- rung:down postgresql
DROP TABLE sessions;
DROP TABLE users;
DROP FUNCTION auth.uid();
DROP TABLE auth.users;
DROP SCHEMA auth;

-- rung:down sqlite
DROP TABLE sessions;
DROP TABLE users;

-- rung:check postgresql auth.uid() reads the token's subject
SELECT auth.uid() IS NOT DISTINCT FROM coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
