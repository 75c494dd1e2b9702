-- What is made with another object and goes with it. What is shared with the server itself is left out: it is always there.
SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype
FROM pg_depend
WHERE objid >= 16384 AND deptype = 'i' AND refclassid <> 2615
    AND (refobjid >= 16384 OR refclassid IN (3079, 2612))
