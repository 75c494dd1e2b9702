CREATE TYPE b AS ENUM ();
CREATE TYPE "Mixed ""Case""" AS ENUM ('it''s', 'Ünï', '');
