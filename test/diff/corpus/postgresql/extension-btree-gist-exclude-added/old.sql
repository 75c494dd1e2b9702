CREATE TABLE booking (room integer, during tsrange);
INSERT INTO booking VALUES (1, '[2024-01-01,2024-01-02)'), (1, '[2024-01-02,2024-01-03)');
