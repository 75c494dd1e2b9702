CREATE TABLE "a ""quoted"" table" ("col.with.dots" integer, "col with 'single'" bigint, "$dollar" text, "back\slash" text, "semi;colon" integer DEFAULT 2);
CREATE UNIQUE INDEX "idx ""q""" ON "a ""quoted"" table" ("col.with.dots", "semi;colon");
ALTER TABLE "a ""quoted"" table" ADD CONSTRAINT "chk 'x' ""y""" CHECK ("col.with.dots" > 1);
COMMENT ON COLUMN "a ""quoted"" table"."col.with.dots" IS 'y';
CREATE TYPE "ty""pe" AS ENUM ('a''b', 'c"d', 'e\f');
CREATE FUNCTION "f""x"("a b" "ty""pe" DEFAULT 'a''b') RETURNS "ty""pe" LANGUAGE sql AS 'SELECT $1::"ty""pe"';
INSERT INTO "a ""quoted"" table" VALUES (5, 6, 'x', 'y', 7);
