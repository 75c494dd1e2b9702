-- rung:revision 032
-- rung:parents 031
-- rung:message archive behind a lock

-- rung:up
ALTER TABLE visits ADD COLUMN archived boolean;
-- expect: rows-under-exclusive
INSERT INTO visits_archive SELECT * FROM visits WHERE at < now() - interval '4 years';

-- rung:down
ALTER TABLE visits DROP COLUMN archived;
