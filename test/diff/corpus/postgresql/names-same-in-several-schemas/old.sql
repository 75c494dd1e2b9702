CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA "A";
CREATE TYPE a.mood AS ENUM ('x');
CREATE TYPE b.mood AS ENUM ('x', 'y');
CREATE TABLE a.t (id integer PRIMARY KEY, m a.mood, n b.mood);
CREATE TABLE "A".t (id integer PRIMARY KEY);
CREATE TABLE b.t (id integer PRIMARY KEY REFERENCES a.t, m b.mood);
CREATE FUNCTION a.f() RETURNS a.mood LANGUAGE sql AS $$SELECT 'x'::a.mood$$;
