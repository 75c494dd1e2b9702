CREATE TABLE a (id integer NOT NULL, code text NOT NULL, PRIMARY KEY (id), CONSTRAINT a_code_key UNIQUE (code));
CREATE TABLE b (a_id integer REFERENCES a (id), a_code text REFERENCES a (code));
INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x');
