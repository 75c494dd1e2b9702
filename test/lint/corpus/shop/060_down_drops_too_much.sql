-- rung:revision 060
-- rung:parents 059
-- rung:message down drops too much

-- rung:up
CREATE TABLE vouchers (code text PRIMARY KEY, amount numeric(12, 2) NOT NULL);

-- expect-next: down-not-reverse
-- rung:down
DROP TABLE vouchers;
DROP TABLE coupons;
