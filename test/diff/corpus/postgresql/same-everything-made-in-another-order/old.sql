CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SEQUENCE s.q;
CREATE TABLE a (id bigint PRIMARY KEY, m mood); CREATE TABLE b (id bigint PRIMARY KEY, a bigint REFERENCES a);
CREATE VIEW v AS SELECT a.id, a.m FROM a; CREATE INDEX b_a ON b (a);
GRANT SELECT ON a TO rung_alice; GRANT SELECT ON a TO rung_bob;
