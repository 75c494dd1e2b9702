
ALTER TABLE visits ADD CONSTRAINT visits_room_fkey FOREIGN KEY (room_id) REFERENCES rooms (id) NOT VALID;
-- expect: concurrently-splits
CREATE INDEX CONCURRENTLY visits_room_idx ON visits (room_id);
ALTER TABLE visits VALIDATE CONSTRAINT visits_room_fkey;

DROP INDEX visits_room_idx;
ALTER TABLE visits DROP CONSTRAINT visits_room_fkey;
