CREATE TABLE t (id integer PRIMARY KEY, amount numeric(10,2), day date, at timestamptz);
INSERT INTO t VALUES (1, '5.25', '2024-02-29', '2024-02-29 10:00:00+00'), (2, NULL, NULL, NULL);
