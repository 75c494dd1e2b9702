CREATE TABLE T(
  id INTEGER PRIMARY KEY, -- the key
  a TEXT NOT NULL,
  FOREIGN KEY(`a`) REFERENCES "t"("id")
);
CREATE INDEX i ON t("a" DESC);
CREATE VIEW v as select "a" from t;
