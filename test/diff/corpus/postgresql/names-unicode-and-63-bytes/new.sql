CREATE TABLE "größe" ("straße" text, "日本語" integer, "emoji😀" integer);
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk integer PRIMARY KEY, b serial);
CREATE INDEX abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij1 ON abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk (b DESC);
COMMENT ON TABLE "größe" IS 'Größe – neu';
INSERT INTO "größe" VALUES ('Allee', 1);
