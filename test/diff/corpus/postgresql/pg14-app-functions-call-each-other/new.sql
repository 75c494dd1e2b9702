CREATE TABLE account (id integer PRIMARY KEY, balance numeric(12,2) NOT NULL DEFAULT 0, frozen boolean NOT NULL DEFAULT false);
CREATE FUNCTION balance_of(account_id integer) RETURNS numeric LANGUAGE sql STABLE BEGIN ATOMIC SELECT a.balance FROM account a WHERE a.id = account_id AND NOT a.frozen; END;
CREATE FUNCTION can_pay(account_id integer, amount numeric, reserve numeric DEFAULT 0) RETURNS boolean LANGUAGE sql STABLE RETURN balance_of(account_id) >= amount + reserve;
CREATE PROCEDURE pay(source integer, target integer, amount numeric) LANGUAGE plpgsql AS $$BEGIN IF NOT public.can_pay(source, amount) THEN RAISE 'no'; END IF; END$$;
CREATE VIEW solvent AS SELECT a.id FROM account a WHERE can_pay(a.id, 100);
INSERT INTO account (id) VALUES (1);
