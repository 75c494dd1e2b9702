CREATE TABLE t (id integer PRIMARY KEY, email text NOT NULL DEFAULT 'x');
CREATE INDEX t_mail ON t (email);
CREATE VIEW v AS SELECT t.id, t.email FROM t;
INSERT INTO t (id) VALUES (1);
