CREATE TABLE "données" (größe TEXT, "数" INTEGER);
INSERT INTO "données" VALUES ('x', 1);
