CREATE TABLE x (a integer);
CREATE TABLE keep (a integer);
CREATE INDEX i ON keep (a);
