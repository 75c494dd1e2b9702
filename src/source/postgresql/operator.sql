-- One without a function is only announced, by another one that names it.
SELECT o.oid, n.nspname AS schema, o.oprname AS name,
    quote_ident(n.nspname) || '.' || o.oprname || '(' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', ' ||
        coalesce(format_type(nullif(o.oprright, 0), NULL), 'NONE') || ')' AS address,
    pg_get_userbyid(o.oprowner) AS owner,
    array_remove(ARRAY[
        'FUNCTION = ' || o.oprcode,
        CASE WHEN o.oprleft <> 0 THEN 'LEFTARG = ' || format_type(o.oprleft, NULL) END,
        CASE WHEN o.oprright <> 0 THEN 'RIGHTARG = ' || format_type(o.oprright, NULL) END,
        (SELECT 'COMMUTATOR = OPERATOR(' || quote_ident(on2.nspname) || '.' || o2.oprname || ')'
         FROM pg_operator o2 JOIN pg_namespace on2 ON on2.oid = o2.oprnamespace WHERE o2.oid = o.oprcom),
        (SELECT 'NEGATOR = OPERATOR(' || quote_ident(on2.nspname) || '.' || o2.oprname || ')'
         FROM pg_operator o2 JOIN pg_namespace on2 ON on2.oid = o2.oprnamespace WHERE o2.oid = o.oprnegate),
        CASE WHEN o.oprcanmerge THEN 'MERGES' END,
        CASE WHEN o.oprcanhash THEN 'HASHES' END], NULL) AS definition,
    array_remove(ARRAY[
        CASE WHEN o.oprrest::oid <> 0 THEN 'RESTRICT = ' || o.oprrest END,
        CASE WHEN o.oprjoin::oid <> 0 THEN 'JOIN = ' || o.oprjoin END], NULL) AS settings
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oid >= 16384 AND o.oprcode::oid <> 0
