-- rung:revision 020
-- rung:parents 019
-- rung:message no double booking

-- rung:up
-- expect: exclusion-builds-index
ALTER TABLE visits ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (tstzrange(at, at + interval '15 minutes') WITH &&);

-- rung:down
ALTER TABLE visits DROP CONSTRAINT one_at_a_time;
