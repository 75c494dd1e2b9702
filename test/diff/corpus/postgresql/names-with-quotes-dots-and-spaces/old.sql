CREATE TABLE "a ""quoted"" table" ("col.with.dots" integer, "col with 'single'" integer, "$dollar" text, "back\slash" text, "semi;colon" integer DEFAULT 1);
CREATE UNIQUE INDEX "idx ""q""" ON "a ""quoted"" table" ("col.with.dots");
ALTER TABLE "a ""quoted"" table" ADD CONSTRAINT "chk 'x' ""y""" CHECK ("col.with.dots" > 0);
COMMENT ON COLUMN "a ""quoted"" table"."col.with.dots" IS 'x';
CREATE TYPE "ty""pe" AS ENUM ('a''b', 'c"d');
CREATE FUNCTION "f""x"("a b" "ty""pe" DEFAULT 'a''b') RETURNS "ty""pe" LANGUAGE sql AS 'SELECT $1';
INSERT INTO "a ""quoted"" table" VALUES (5, 6, 'x', 'y', 7);
