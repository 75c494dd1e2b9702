CREATE TABLE "größe" ("straße" text, "日本語" integer);
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk integer, b serial);
CREATE INDEX abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij1 ON abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk (b);
COMMENT ON TABLE "größe" IS 'Größe';
INSERT INTO "größe" VALUES ('Allee', 1);
