CREATE TABLE "it""s a 'table'" ("a""b" TEXT, [c d], `e``f`);
INSERT INTO "it""s a 'table'" VALUES ('1', 2, 3);
