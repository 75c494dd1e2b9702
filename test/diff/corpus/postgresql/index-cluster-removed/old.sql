CREATE TABLE t (a integer PRIMARY KEY, b integer);
ALTER TABLE t CLUSTER ON t_pkey;
CREATE TABLE u (a integer);
CREATE INDEX u_a ON u (a );
ALTER TABLE u CLUSTER ON u_a;
