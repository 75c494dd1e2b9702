-- rung:revision 059
-- rung:parents 058
-- rung:message down forgets the index

-- rung:up
CREATE TABLE coupons (code text PRIMARY KEY, percent integer NOT NULL);
-- expect: index-without-concurrently
CREATE INDEX orders_state_idx ON orders (state);

-- expect-next: down-not-reverse
-- rung:down
DROP TABLE coupons;
