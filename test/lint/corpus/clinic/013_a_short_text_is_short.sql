-- rung:revision 013
-- rung:parents 012
-- rung:message a short text is short

-- rung:up
-- expect: domain-scans
ALTER DOMAIN short_text ADD CONSTRAINT short CHECK (length(VALUE) < 200);

-- rung:down
ALTER DOMAIN short_text DROP CONSTRAINT short;
