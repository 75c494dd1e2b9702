CREATE EXTENSION citext;
CREATE TABLE users (id integer PRIMARY KEY, email citext NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email);
INSERT INTO users VALUES (1, 'a@x.example'), (2, 'B@x.example');
