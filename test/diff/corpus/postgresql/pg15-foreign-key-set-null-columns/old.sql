CREATE TABLE a (tenant integer, id integer, PRIMARY KEY (tenant, id));
CREATE TABLE b (tenant integer, a_id integer, FOREIGN KEY (tenant, a_id) REFERENCES a ON DELETE SET NULL );
INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);
