CREATE TABLE t (v text, a integer );
CREATE TABLE u (id serial, v text);
CREATE TABLE w (id integer NOT NULL, v text);
INSERT INTO u (id, v) VALUES (1, 'x');
INSERT INTO w (id, v) VALUES (1, 'x');
