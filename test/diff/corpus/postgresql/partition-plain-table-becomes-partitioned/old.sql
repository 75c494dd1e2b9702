CREATE TABLE m (k integer NOT NULL, v text, PRIMARY KEY (k));
CREATE INDEX m_v ON m (v);
CREATE VIEW v AS SELECT m.k, m.v FROM m;
INSERT INTO m VALUES (1, 'x'), (2, 'y');
