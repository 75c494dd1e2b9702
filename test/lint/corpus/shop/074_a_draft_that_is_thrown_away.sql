-- rung:revision 074
-- rung:parents 073
-- rung:message a draft that is thrown away

-- rung:up
CREATE TABLE draft (id bigint PRIMARY KEY, a text, b text);
CREATE INDEX draft_a ON draft (a);
ALTER TABLE draft DROP COLUMN b;
ALTER TABLE draft ADD CONSTRAINT a_there CHECK (a <> '');
ALTER TABLE draft ALTER COLUMN a SET NOT NULL;
UPDATE draft SET a = 'x';
DROP TABLE draft;

-- rung:down
-- rung:notice nothing was made
