-- The members of its family that do not belong to one class come first: indexes need them all.
SELECT c.oid, n.nspname AS schema, c.opcname AS name, quote_ident(a.amname) AS address,
    pg_get_userbyid(c.opcowner) AS owner,
    c.opcdefault AS is_default,
    format_type(c.opcintype, NULL) AS type,
    quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) AS family,
    (CASE WHEN c.opckeytype <> 0 THEN ARRAY['STORAGE ' || format_type(c.opckeytype, NULL)] ELSE '{}' END) ||
    ARRAY(SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce(' FOR ORDER BY ' ||
              (SELECT quote_ident(sn.nspname) || '.' || quote_ident(sf.opfname)
               FROM pg_opfamily sf JOIN pg_namespace sn ON sn.oid = sf.opfnamespace WHERE sf.oid = o.amopsortfamily), '')
          FROM pg_amop o JOIN pg_depend d ON d.classid = 2602 AND d.objid = o.oid
          WHERE d.refclassid = 2616 AND d.refobjid = c.oid ORDER BY o.amopstrategy, o.amopopr::regoperator::text) ||
    ARRAY(SELECT 'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' ||
              format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::regprocedure
          FROM pg_amproc p JOIN pg_depend d ON d.classid = 2603 AND d.objid = p.oid
          WHERE d.refclassid = 2616 AND d.refobjid = c.oid ORDER BY p.amprocnum, p.amproc::regprocedure::text) AS members,
    ARRAY(SELECT '2602:' || o.oid || ':0' FROM pg_amop o WHERE o.amopfamily = c.opcfamily) ||
    ARRAY(SELECT '2603:' || p.oid || ':0' FROM pg_amproc p WHERE p.amprocfamily = c.opcfamily) AS wants
FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
    JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE c.oid >= 16384
