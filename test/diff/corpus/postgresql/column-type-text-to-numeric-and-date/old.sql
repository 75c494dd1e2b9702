CREATE TABLE t (id integer PRIMARY KEY, amount text, day text, at varchar(40));
INSERT INTO t VALUES (1, '5.25', '2024-02-29', '2024-02-29 10:00:00+00'), (2, NULL, NULL, NULL);
