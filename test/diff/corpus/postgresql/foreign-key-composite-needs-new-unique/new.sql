CREATE TABLE a (id integer PRIMARY KEY, tenant integer NOT NULL, UNIQUE (tenant, id));
CREATE TABLE b (tenant integer, a_id integer, FOREIGN KEY (tenant, a_id) REFERENCES a (tenant, id));
INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);
