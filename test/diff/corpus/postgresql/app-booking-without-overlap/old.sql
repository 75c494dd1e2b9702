CREATE EXTENSION btree_gist;
CREATE TABLE room (id integer PRIMARY KEY, name text UNIQUE);
CREATE TABLE booking (id integer PRIMARY KEY, room_id integer NOT NULL REFERENCES room, starts timestamptz, ends timestamptz, CHECK (starts < ends));
INSERT INTO room VALUES (1, 'x'); INSERT INTO booking VALUES (1, 1, '2024-01-01', '2024-01-02');
