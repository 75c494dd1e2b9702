CREATE TYPE later_ AS (a integer);
CREATE TYPE later AS (a integer);
