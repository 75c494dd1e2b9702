-- What belongs to an extension, and comes and goes with it.
SELECT classid, objid, refobjid FROM pg_depend WHERE deptype = 'e' AND refclassid = 3079
