SELECT o.oid, 'OPERATOR ' || o.amopstrategy || ' (' || format_type(o.amoplefttype, NULL) || ', ' ||
        format_type(o.amoprighttype, NULL) || ')' AS name,
    2753 AS parent_class, o.amopfamily AS parent,
    'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce(' FOR ORDER BY ' ||
        (SELECT quote_ident(n.nspname) || '.' || quote_ident(f.opfname)
         FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace WHERE f.oid = o.amopsortfamily), '') AS definition
FROM pg_amop o JOIN pg_depend d ON d.classid = 2602 AND d.objid = o.oid AND d.refclassid = 2753 AND d.refobjid = o.amopfamily
WHERE o.oid >= 16384
