-- rung:revision 007
-- rung:parents 006
-- rung:message a key of each notebook

-- rung:up sqlite
ALTER TABLE notebooks ADD COLUMN slug TEXT;
-- expect: unique-on-rows
CREATE UNIQUE INDEX notebooks_slug ON notebooks (slug);

-- rung:down sqlite
DROP INDEX notebooks_slug;
ALTER TABLE notebooks DROP COLUMN slug;
