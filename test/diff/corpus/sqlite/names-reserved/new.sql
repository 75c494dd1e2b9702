CREATE TABLE "order" ("select" TEXT NOT NULL, "from" INTEGER, "group", "table");
CREATE INDEX "where" ON "order" ("select" DESC);
INSERT INTO "order" VALUES ('a', 1, 2, 3);
