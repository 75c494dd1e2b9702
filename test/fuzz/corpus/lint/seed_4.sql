
-- expect: opaque
DO $$
BEGIN
    EXECUTE 'ALTER TABLE products ADD COLUMN legacy_' || 'id bigint';
END $$;

ALTER TABLE products DROP COLUMN legacy_id;
