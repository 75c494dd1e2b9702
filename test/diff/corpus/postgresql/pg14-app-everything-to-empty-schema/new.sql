CREATE TABLE keep (a integer);
INSERT INTO keep VALUES (1);
