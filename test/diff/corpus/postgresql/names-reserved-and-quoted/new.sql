CREATE SCHEMA "select";
CREATE TABLE "select"."table" ("from" integer PRIMARY KEY, "where" text, "order" date DEFAULT now(), "User" integer);
CREATE INDEX "group" ON "select"."table" ("where", "User" DESC);
CREATE VIEW "select"."view" AS SELECT t."from", t."where", t."order" FROM "select"."table" t;
CREATE FUNCTION "select"."function"("in" integer) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE SEQUENCE "select"."sequence" INCREMENT 2;
INSERT INTO "select"."table" VALUES (1, 'x');
