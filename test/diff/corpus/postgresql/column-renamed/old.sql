-- data: lost
CREATE TABLE t (id integer PRIMARY KEY, mail text NOT NULL DEFAULT 'x');
CREATE INDEX t_mail ON t (mail);
CREATE VIEW v AS SELECT t.id, t.mail FROM t;
INSERT INTO t (id) VALUES (1);
