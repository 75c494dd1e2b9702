-- rung:revision 029
-- rung:parents 028
-- rung:message grade by text

-- rung:up
-- expect: type-change-rewrites
ALTER TABLE people ALTER COLUMN grade TYPE text USING 'G' || grade;

-- rung:down
ALTER TABLE people ALTER COLUMN grade TYPE smallint USING substr(grade, 2)::smallint;
