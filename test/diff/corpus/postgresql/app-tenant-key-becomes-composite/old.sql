CREATE TABLE tenant (id integer PRIMARY KEY);
CREATE TABLE doc (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, PRIMARY KEY (id));
CREATE TABLE line (tenant_id integer NOT NULL, doc_id integer NOT NULL, no integer, FOREIGN KEY (doc_id) REFERENCES doc (id) ON DELETE CASCADE, PRIMARY KEY (doc_id, no));
CREATE VIEW docs AS SELECT d.id, d.tenant_id, count(l.no) AS n FROM doc d LEFT JOIN line l ON l.doc_id = d.id GROUP BY d.id;
INSERT INTO tenant VALUES (1); INSERT INTO doc VALUES (1, 1); INSERT INTO line VALUES (1, 1, 1);
