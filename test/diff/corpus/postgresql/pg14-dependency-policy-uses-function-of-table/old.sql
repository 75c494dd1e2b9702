CREATE TABLE team (id integer PRIMARY KEY, lead name);
CREATE TABLE doc (id integer, team integer REFERENCES team);
CREATE FUNCTION leads(t integer) RETURNS boolean STABLE LANGUAGE sql BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM team WHERE team.id = t AND team.lead = CURRENT_USER); END;
CREATE POLICY p ON doc USING (team = 1);
CREATE POLICY q ON team USING (EXISTS (SELECT 1 FROM doc d WHERE d.team = team.id));
INSERT INTO team VALUES (1, 'x'); INSERT INTO doc VALUES (1, 1);
