-- rung:revision 016
-- rung:parents 015
-- rung:message another name

-- rung:up sqlite
-- expect: rename-table sqlite-rename-with-views
ALTER TABLE notes RENAME TO pages;

-- rung:down sqlite
ALTER TABLE pages RENAME TO notes;
