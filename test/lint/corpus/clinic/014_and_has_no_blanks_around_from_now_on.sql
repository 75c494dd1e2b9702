-- rung:revision 014
-- rung:parents 013
-- rung:message and has no blanks around, from now on

-- rung:up
ALTER DOMAIN short_text ADD CONSTRAINT trimmed CHECK (VALUE = trim(VALUE)) NOT VALID;

-- rung:down
ALTER DOMAIN short_text DROP CONSTRAINT trimmed;
