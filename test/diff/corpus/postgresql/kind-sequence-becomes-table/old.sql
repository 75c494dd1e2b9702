CREATE SEQUENCE x;
CREATE TABLE keep (a integer);
CREATE TABLE i (a integer);
