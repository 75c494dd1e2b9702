CREATE TABLE données (größe TEXT NOT NULL, 数 INTEGER, "🙂" TEXT);
INSERT INTO "données" VALUES ('x', 1, 'y');
