CREATE EXTENSION btree_gist;
CREATE TABLE room (id integer PRIMARY KEY, name text UNIQUE);
CREATE TABLE booking (id integer PRIMARY KEY, room_id integer NOT NULL REFERENCES room, during tstzrange, EXCLUDE USING gist (room_id WITH =, during WITH &&));
