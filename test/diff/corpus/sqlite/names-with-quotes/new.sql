CREATE TABLE "it""s a 'table'" ("a""b" TEXT UNIQUE, [c d] INTEGER DEFAULT 1, `e``f`);
INSERT INTO "it""s a 'table'" VALUES ('1', 2, 3);
CREATE VIEW "v'" AS SELECT [c d] FROM "it""s a 'table'";
