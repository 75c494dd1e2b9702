-- rung:revision 035
-- rung:parents 034
-- rung:message row level security

-- rung:up
ALTER TABLE patients ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON patients USING (current_user = 'clinic');

-- rung:down
DROP POLICY own ON patients;
ALTER TABLE patients DISABLE ROW LEVEL SECURITY;
