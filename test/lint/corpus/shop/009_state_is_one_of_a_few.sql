-- rung:revision 009
-- rung:parents 008
-- rung:message state is one of a few

-- rung:up
-- expect: check-validated-at-once
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state IN ('open', 'paid', 'shipped', 'closed'));

-- rung:down
ALTER TABLE orders DROP CONSTRAINT orders_state_check;
