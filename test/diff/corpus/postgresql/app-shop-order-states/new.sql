CREATE TYPE order_state AS ENUM ('cart', 'paid', 'packed', 'sent', 'returned');
CREATE TABLE customer (id serial PRIMARY KEY, name text NOT NULL, vip boolean NOT NULL DEFAULT false);
CREATE TABLE purchase (id bigserial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, state order_state NOT NULL DEFAULT 'cart', total numeric(12,2) NOT NULL CHECK (total >= 0), note varchar(500));
CREATE INDEX purchase_open ON purchase (customer_id) WHERE state NOT IN ('sent', 'returned');
CREATE VIEW open_purchase AS SELECT p.id, p.total, c.name FROM purchase p JOIN customer c ON c.id = p.customer_id WHERE p.state <> 'sent';
CREATE VIEW revenue AS SELECT o.name, sum(o.total) AS total FROM open_purchase o GROUP BY o.name;
COMMENT ON VIEW revenue IS 'money';
GRANT SELECT ON revenue TO rung_alice;
INSERT INTO customer (name) VALUES ('x'); INSERT INTO purchase (customer_id, total) VALUES (1, 5.25);
