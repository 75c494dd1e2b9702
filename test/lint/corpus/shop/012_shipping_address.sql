-- rung:revision 012
-- rung:parents 011
-- rung:message shipping address

-- rung:up
-- expect: foreign-key-without-index
ALTER TABLE orders ADD COLUMN address_id bigint REFERENCES addresses (id);

-- rung:down
ALTER TABLE orders DROP COLUMN address_id;
