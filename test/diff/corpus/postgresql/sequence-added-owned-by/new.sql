CREATE TABLE t (id integer NOT NULL, v text);
CREATE SEQUENCE q AS integer OWNED BY t.id;
ALTER TABLE t ALTER id SET DEFAULT nextval('q');
INSERT INTO t (id) VALUES (1);
