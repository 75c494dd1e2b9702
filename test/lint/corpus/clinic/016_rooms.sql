-- rung:revision 016
-- rung:parents 015
-- rung:message rooms

-- rung:up
CREATE TABLE rooms (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);
ALTER TABLE visits ADD COLUMN room_id bigint;

-- rung:down
ALTER TABLE visits DROP COLUMN room_id;
DROP TABLE rooms;
