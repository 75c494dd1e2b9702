CREATE SCHEMA "select";
CREATE TABLE "select"."table" ("from" integer PRIMARY KEY, "where" text, "User" integer);
CREATE INDEX "group" ON "select"."table" ("where", "User");
CREATE VIEW "select"."view" AS SELECT t."from", t."where" FROM "select"."table" t;
CREATE FUNCTION "select"."function"("in" integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE SEQUENCE "select"."sequence" INCREMENT 1;
INSERT INTO "select"."table" VALUES (1, 'x');
