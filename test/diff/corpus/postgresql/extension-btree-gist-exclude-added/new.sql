CREATE EXTENSION btree_gist;
CREATE TABLE booking (room integer, during tsrange);
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
INSERT INTO booking VALUES (1, '[2024-01-01,2024-01-02)'), (1, '[2024-01-02,2024-01-03)');
