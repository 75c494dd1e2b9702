-- rung:revision 030
-- rung:parents 029
-- rung:message a newer grammar

-- rung:up
-- expect: not-parsed
ALTER TABLE people ADD CONSTRAINT name_there NOT NULL name NOT VALID;

-- rung:down
-- rung:notice nothing to take back
