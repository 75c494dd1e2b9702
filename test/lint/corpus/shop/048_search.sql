-- rung:revision 048
-- rung:parents 047
-- rung:message search

-- rung:up
-- expect: column-rewrites
ALTER TABLE products ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED;
-- rung:commit
-- expect: index-without-concurrently
CREATE INDEX products_search_idx ON products USING gin (search);

-- rung:down
ALTER TABLE products DROP COLUMN search;
