CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(255) NOT NULL UNIQUE, is_active boolean NOT NULL DEFAULT true);
CREATE TABLE ledgers (id uuid PRIMARY KEY, owner_id uuid NOT NULL, CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES users (id) );
CREATE TABLE entries (id bigserial PRIMARY KEY, ledger_id uuid NOT NULL REFERENCES ledgers , user_id uuid REFERENCES users );
INSERT INTO users (id, email) VALUES ('3b241101-e2bb-4255-8caf-4136c566a962', 'a@b');
INSERT INTO ledgers VALUES ('3b241101-e2bb-4255-8caf-4136c566a963', '3b241101-e2bb-4255-8caf-4136c566a962');
INSERT INTO entries (ledger_id) VALUES ('3b241101-e2bb-4255-8caf-4136c566a963');
