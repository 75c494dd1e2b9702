CREATE TYPE inner_type AS (a integer, b text[]);
CREATE TYPE outer_type AS (i inner_type, l inner_type[], at timestamptz);
CREATE TABLE t (id integer, o outer_type DEFAULT ROW(ROW(1, '{}')::inner_type, NULL, NULL)::outer_type);
INSERT INTO t (id) VALUES (1);
