-- rung:revision 031
-- rung:parents 030
-- rung:message visits archive

-- rung:up
CREATE TABLE visits_archive (LIKE visits INCLUDING ALL);
INSERT INTO visits_archive SELECT * FROM visits WHERE at < now() - interval '5 years';

-- rung:down
DROP TABLE visits_archive;
