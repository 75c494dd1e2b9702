CREATE TABLE t (a integer, b text, c text);
CREATE INDEX i ON t (a , b DESC, c COLLATE "C");
