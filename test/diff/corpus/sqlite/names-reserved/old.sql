CREATE TABLE "order" ("select" TEXT, "from" INTEGER, "group");
CREATE INDEX "where" ON "order" ("select");
INSERT INTO "order" VALUES ('a', 1, 2);
