CREATE TABLE t (v text, a integer DEFAULT 0);
CREATE TABLE u (id integer NOT NULL, v text);
CREATE TABLE w (id serial, v text);
INSERT INTO u (id, v) VALUES (1, 'x');
INSERT INTO w (id, v) VALUES (1, 'x');
