-- What belongs to an extension, and comes and goes with it.
SELECT classid, objid AS oid FROM pg_depend WHERE deptype = 'e'
