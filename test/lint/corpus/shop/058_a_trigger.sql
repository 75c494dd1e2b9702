-- rung:revision 058
-- rung:parents 057
-- rung:message a trigger

-- rung:up
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.placed_at = now(); RETURN NEW; END $$;
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();

-- rung:down
DROP TRIGGER orders_touch ON orders;
DROP FUNCTION touch();
