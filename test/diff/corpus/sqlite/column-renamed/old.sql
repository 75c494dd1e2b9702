-- options: --rename t.mail=t.email
-- has: RENAME COLUMN mail TO email
-- lacks: INSERT
CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT CHECK (mail <> ''), UNIQUE (mail));
CREATE INDEX i ON t (lower(mail)) WHERE mail IS NOT NULL;
CREATE VIEW v AS SELECT mail FROM t;
CREATE TRIGGER tr AFTER UPDATE OF mail ON t BEGIN SELECT new.mail; END;
INSERT INTO t VALUES (1, 'x');
