SELECT p.oid, 'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' ||
        format_type(p.amprocrighttype, NULL) || ')' AS name,
    2753 AS parent_class, p.amprocfamily AS parent,
    'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' ||
        format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::regprocedure AS definition
FROM pg_amproc p JOIN pg_depend d ON d.classid = 2603 AND d.objid = p.oid AND d.refclassid = 2753 AND d.refobjid = p.amprocfamily
WHERE p.oid >= 16384
