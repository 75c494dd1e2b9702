CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(255) NOT NULL UNIQUE, is_active boolean NOT NULL DEFAULT true, deletion_requested_at timestamp with time zone);
CREATE TABLE ledgers (id uuid PRIMARY KEY, owner_id uuid NOT NULL, CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE entries (id bigserial PRIMARY KEY, ledger_id uuid NOT NULL REFERENCES ledgers ON DELETE CASCADE, user_id uuid REFERENCES users ON DELETE SET NULL);
CREATE INDEX ix_users_deletion ON users (deletion_requested_at) WHERE deletion_requested_at IS NOT NULL;
COMMENT ON COLUMN users.deletion_requested_at IS 'When the user asked to be deleted; NULL: not at all';
CREATE TABLE deletion_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_ref text NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO users (id, email) VALUES ('3b241101-e2bb-4255-8caf-4136c566a962', 'a@b');
INSERT INTO ledgers VALUES ('3b241101-e2bb-4255-8caf-4136c566a963', '3b241101-e2bb-4255-8caf-4136c566a962');
INSERT INTO entries (ledger_id) VALUES ('3b241101-e2bb-4255-8caf-4136c566a963');
