-- rung:revision 050
-- rung:parents 049
-- rung:message a procedure nobody reads

-- rung:up
-- expect: opaque
DO $$
BEGIN
    EXECUTE 'ALTER TABLE products ADD COLUMN legacy_' || 'id bigint';
END $$;

-- rung:down
ALTER TABLE products DROP COLUMN legacy_id;
