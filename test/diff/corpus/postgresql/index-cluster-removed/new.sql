CREATE TABLE t (a integer PRIMARY KEY, b integer);
CREATE TABLE u (a integer);
CREATE INDEX u_a ON u (a DESC);
ALTER TABLE u CLUSTER ON u_a;
