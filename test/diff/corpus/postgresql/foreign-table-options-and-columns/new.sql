CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a bigint OPTIONS (column_name 'y') NOT NULL, b text, d timestamptz OPTIONS (k 'v'), CONSTRAINT pos CHECK (a > 0)) SERVER s OPTIONS (table_name 'u', schema_name 's');
COMMENT ON COLUMN f.b IS 'b';
GRANT SELECT ON f TO rung_alice;
