"""The second observer of `rung diff`: what a database is, by every row of the server's catalogs.

For servers that are newer than the pg_dump at hand. No catalog and no column is picked: all are
taken that the server has, so that what a new version adds is seen as soon as it is there. What an
oid stands for is told by pg_get_catalog_foreign_keys() and pg_identify_object(), expressions are
printed by pg_get_expr() and its kin. Left out is, by name, what is no definition (sizes, statistics,
caches), what follows from another row (array types, internal triggers), and numbers that depend on
what was there before (attnum).

An expression is not always a fixed point of the server's deparser. pg_dump's text can be restored
and looked at again, this cannot: rows that differ are compared once more without the casts and
parentheses in their expressions, and the caller is told.
"""
import collections
import json
import re

# No definitions; pg_depend and pg_enum have queries of their own.
CATALOGS_LEFT_OUT = ("pg_statistic", "pg_statistic_ext_data", "pg_largeobject", "pg_largeobject_metadata",
                     "pg_init_privs", "pg_subscription_rel", "pg_depend", "pg_enum")

COLUMNS_LEFT_OUT = {
    # where and how large it is, and what the server remembers of it
    "pg_class": "reltype relfilenode relpages reltuples relallvisible relallfrozen reltoastrelid relhasindex"
                " relnatts relchecks relhasrules relhastriggers relhassubclass relrewrite relispopulated relfrozenxid relminmxid",
    "pg_attribute": "attnum attndims attcacheoff atthasmissing attmissingval attisdropped",
    "pg_type": "typarray typrelid typndims",
    "pg_index": "indisready indcheckxmin indislive indkey indclass indcollation indoption",  # in its definition
    "pg_collation": "collversion collencoding",
    "pg_subscription": "subdbid subskiplsn subconninfo",
    "pg_rewrite": "ev_action ev_qual",
    "pg_statistic_ext": "stxexprs",
    "pg_attrdef": "adnum",
    "pg_extension": "extconfig extcondition",
    "pg_trigger": "tgparentid",
}

# Printed otherwise than as the catalog has it.
COLUMNS_PRINTED = {
    "pg_class.relpartbound": "pg_get_expr(x.relpartbound, x.oid)",
    "pg_attribute.attstattarget": "coalesce(x.attstattarget, -1)",
    "pg_attribute.attoptions": "(SELECT array_agg(o ORDER BY o) FROM unnest(x.attoptions) o"
                               r" WHERE o NOT LIKE 'pg\_attver=%')",
    "pg_attribute.atttypid": "format_type(x.atttypid, x.atttypmod)",
    "pg_statistic_ext.stxstattarget": "coalesce(x.stxstattarget, -1)",
    "pg_attrdef.adbin": "pg_get_expr(x.adbin, x.adrelid)",
    "pg_index.indexprs": "pg_get_indexdef(x.indexrelid)",
    # no statement makes that of a partitioned table without partitions valid again, and nothing asks for it
    "pg_index.indisvalid": "x.indisvalid OR (SELECT relkind FROM pg_class c WHERE c.oid = x.indexrelid) = 'I'"
                           " AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = x.indrelid)",
    "pg_index.indpred": "pg_get_expr(x.indpred, x.indrelid)",
    # what a table only inherits is validated with its parent's; a new table has it valid
    "pg_constraint.conbin": "CASE WHEN x.contype = 'c' AND NOT x.conislocal THEN"
                            " replace(pg_get_constraintdef(x.oid), ' NOT VALID', '') ELSE pg_get_constraintdef(x.oid) END",
    "pg_constraint.convalidated": "x.convalidated OR x.contype = 'c' AND NOT x.conislocal",
    # that of an attached partition is not local, that of one which was told itself is: no statement changes it
    "pg_constraint.conislocal": "x.conislocal AND NOT (x.contype = 'n' AND EXISTS (SELECT FROM pg_class c"
                                " WHERE c.oid = x.conrelid AND c.relispartition))",
    "pg_constraint.confdelsetcols": "'in conbin'",
    "pg_policy.polqual": "pg_get_expr(x.polqual, x.polrelid)",
    "pg_policy.polwithcheck": "pg_get_expr(x.polwithcheck, x.polrelid)",
    "pg_proc.proargdefaults": "pg_get_expr(x.proargdefaults, 0)",
    "pg_proc.prosqlbody": "pg_get_function_sqlbody(x.oid)",
    "pg_aggregate.aggfinalmodify": "CASE WHEN x.aggfinalfn <> 0 THEN x.aggfinalmodify END",
    "pg_aggregate.aggmfinalmodify": "CASE WHEN x.aggmfinalfn <> 0 THEN x.aggmfinalmodify END",
    "pg_constraint.connoinherit": "x.connoinherit AND x.contype IN ('c', 'n')",
    "pg_trigger.tgqual": "pg_get_triggerdef(x.oid)",
    "pg_type.typdefaultbin": "pg_get_expr(x.typdefaultbin, 0)",
    "pg_partitioned_table.partexprs": "pg_get_partkeydef(x.partrelid)",
    "pg_publication_rel.prqual": "pg_get_expr(x.prqual, x.prrelid)",
    "pg_publication_rel.prattrs": "(SELECT array_agg(a.attname ORDER BY a.attname) FROM pg_attribute a"
                                  " WHERE a.attrelid = x.prrelid AND a.attnum = ANY (x.prattrs))",
    "pg_inherits.inhseqno": "(SELECT count(*) FROM pg_inherits s WHERE s.inhrelid = x.inhrelid"
                            " AND s.inhseqno < x.inhseqno)",
}

# What is not in one of the catalog's columns.
MORE = {
    "pg_class": {
        "toast_options": "(SELECT array_agg(o ORDER BY o) FROM pg_class t, unnest(t.reloptions) o"
                         " WHERE t.oid = x.reltoastrelid)"},
    # the columns of a composite type and of a view have an order that counts
    "pg_attribute": {
        "place": "CASE WHEN (SELECT relkind FROM pg_class WHERE oid = x.attrelid) IN ('c', 'v', 'm') THEN"
                 " (SELECT count(*) FROM pg_attribute s WHERE s.attrelid = x.attrelid AND s.attnum > 0"
                 " AND s.attnum < x.attnum AND NOT s.attisdropped) END"},
    "pg_rewrite": {"text": "CASE x.rulename WHEN '_RETURN' THEN pg_get_viewdef(x.ev_class) ELSE pg_get_ruledef(x.oid) END"},
    "pg_statistic_ext": {"expressions": "pg_get_statisticsobjdef_expressions(x.oid)"},
    "pg_subscription": {"connection": "x.subconninfo"},
    "pg_index": {"statistics": "(SELECT array_agg(a.attnum || '=' || a.attstattarget ORDER BY a.attnum)"
                               " FROM pg_attribute a WHERE a.attrelid = x.indexrelid AND a.attstattarget >= 0)"},
    "pg_trigger": {"of_partitioned": "x.tgparentid <> 0"},
}

OWN_RELATION = ("EXISTS (SELECT FROM pg_class c WHERE c.oid = {} AND c.oid >= 16384 AND c.relpersistence <> 't'"
                " AND c.relnamespace <> 99{})")
CONDITIONS = {
    "pg_class": "x.relnamespace <> 99 AND x.relpersistence <> 't'",
    "pg_attribute": "x.attnum > 0 AND NOT x.attisdropped AND " +
                    OWN_RELATION.format("x.attrelid", " AND c.relkind NOT IN ('i', 'I', 'S')"),
    "pg_type": "x.typarray <> 0 AND (x.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = x.typrelid"
               " AND c.relkind = 'c')) OR x.typarray = 0 AND NOT EXISTS (SELECT FROM pg_type e WHERE"
               " e.typarray = x.oid) AND x.typrelid = 0",
    "pg_constraint": "NOT (x.contype = 'f' AND x.conparentid <> 0)",
    "pg_trigger": "NOT x.tgisinternal",
    "pg_index": OWN_RELATION.format("x.indrelid", ""),
    "pg_description": "x.objoid >= 16384 OR x.objoid = 2200 OR x.classoid IN (2615, 3079)",
    "pg_sequence": OWN_RELATION.format("x.seqrelid", ""),
    "pg_subscription": "x.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
}

# Some columns are told in a set, not in their order.
SETS = ("pg_statistic_ext.stxkeys", "pg_policy.polroles", "pg_statistic_ext.stxkind")
DEFAULT_ACL = {"pg_class": "CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", x.relowner",
               "pg_proc": "'f', x.proowner", "pg_type": "'T', x.typowner", "pg_namespace": "'n', x.nspowner",
               "pg_language": "'l', x.lanowner", "pg_foreign_data_wrapper": "'F', x.fdwowner",
               "pg_foreign_server": "'S', x.srvowner"}

OTHERS = r"""
SELECT json_build_array('pg_enum', pg_identify_object(1247, e.enumtypid, 0),
    json_build_object('labels', json_agg(e.enumlabel ORDER BY e.enumsortorder)))
FROM pg_enum e WHERE e.enumtypid >= 16384 GROUP BY e.enumtypid;
SELECT json_build_array('pg_depend', pg_identify_object(d.classid, d.objid, d.objsubid),
    json_build_object('on', pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid), 'type', d.deptype))
FROM pg_depend d
WHERE d.objid >= 16384 AND (d.deptype IN ('x', 'e') OR d.refclassid = 2616 AND d.classid IN (2602, 2603)
    OR d.classid = 1259 AND d.refclassid = 1259 AND d.refobjsubid > 0 AND EXISTS
        (SELECT FROM pg_class s WHERE s.oid = d.objid AND s.relkind = 'S' AND s.relpersistence <> 't'));
"""

# What the server itself made is there on both sides; what can be changed of it are its privileges.
SERVERS_OWN = """SELECT json_build_array('privileges', pg_identify_object({class}, x.oid, 0), json_build_object('acl',
    (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(x.{acl}) a)))
FROM {catalog} x LEFT JOIN pg_init_privs p ON p.classoid = {class} AND p.objoid = x.oid AND p.objsubid = 0
WHERE x.oid < 16384 AND x.{acl} IS NOT NULL AND
    ARRAY(SELECT a::text FROM unnest(x.{acl}) a ORDER BY 1) <>
    ARRAY(SELECT a::text FROM unnest(coalesce(p.initprivs, acldefault({default}))) a ORDER BY 1);
"""
SERVERS_COLUMNS = """
SELECT json_build_array('privileges', pg_identify_object(1259, x.attrelid, x.attnum), json_build_object('acl',
    (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(x.attacl) a)))
FROM pg_attribute x LEFT JOIN pg_init_privs p ON p.classoid = 1259 AND p.objoid = x.attrelid AND p.objsubid = x.attnum
WHERE x.attrelid < 16384 AND x.attacl <> '{}' AND x.attacl IS DISTINCT FROM p.initprivs;
"""

LOOK = r"""
SELECT json_agg(json_build_array(c.relname, c.oid::int, a.attname, format_type(a.atttypid, NULL)) ORDER BY c.relname, a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 11 AND c.relkind = 'r' AND (NOT c.relisshared OR c.relname = 'pg_subscription')
    AND (a.attnum > 0) AND NOT a.attisdropped;
SELECT json_agg(json_build_array(fktable::regclass::text, fkcols, pktable::oid::int, is_array))
FROM pg_get_catalog_foreign_keys();
"""

EXPRESSIONS = re.compile(r"::(?:\"[^\"]*\"|[\w.]+)(?: (?:varying|precision|without time zone|with time zone))*"
                         r"(?:\(\d+(?:,\d+)?\))?(?:\[\])*|[()]")


def identity(catalog, column):
    return f"(pg_identify_object({catalog}, {column}, 0)).identity"


def of_array(column, printed, ordered):
    return (f"(SELECT array_agg({printed} ORDER BY {'k.at' if ordered else printed})"
            f" FROM unnest({column}) WITH ORDINALITY k(value, at))")


class Reader:
    """The query that reads one version's catalogs."""

    def __init__(self, look):
        columns, keys = (json.loads(line) for line in look.splitlines() if line)
        self.keys = {}
        for table, names, target, is_array in keys:
            for name in names[-1:]:
                self.keys[f"{table}.{name}"] = (names, target, is_array)
        tables = collections.OrderedDict()
        for table, number, name, kind in columns:
            if table not in CATALOGS_LEFT_OUT:
                tables.setdefault((table, number), []).append((name, kind))
        self.query = "SET search_path = ''; SET extra_float_digits = 3;" + OTHERS + SERVERS_COLUMNS + "\n".join(
            self.query_of(table, number, some) for (table, number), some in tables.items())

    def printed(self, table, name, kind, names):
        column, full = f"x.{name}", f"{table}.{name}"
        if full in COLUMNS_PRINTED:
            return COLUMNS_PRINTED[full]
        if kind == "pg_node_tree":
            raise RuntimeError(f"catalogs.py does not know how to print {full}")
        if kind == "aclitem[]":
            own = f"coalesce({column}, acldefault({DEFAULT_ACL[table]}))" if table in DEFAULT_ACL else column
            return f"(SELECT array_agg(a::text ORDER BY a::text) FROM unnest({own}) a)"
        if name in ("objoid", "classoid", "objsubid"):
            return "pg_identify_object(x.classoid, x.objoid, x.objsubid)" if name == "objoid" else "NULL"
        if full in self.keys:
            keys, target, is_array = self.keys[full]
            if len(keys) == 2:  # the number of a column
                return of_array(column, f"(SELECT attname FROM pg_attribute WHERE attrelid = x.{keys[0]}"
                                " AND attnum = k.value)", full not in SETS) if is_array else "NULL"
            if is_array:
                return of_array(column, identity(target, "k.value") if target != 1260 else "pg_get_userbyid(k.value)",
                                full not in SETS)
            return identity(target, column)
        if full in SETS:
            return of_array(column, "k.value::text", False)
        if name.endswith("options") and kind == "text[]":
            return f"(SELECT array_agg(o ORDER BY o) FROM unnest({column}) o)"
        return column + ("::oid::regproc::text" if kind == "regproc" else "")

    def query_of(self, table, number, columns):
        names = [name for name, _ in columns]
        left_out = COLUMNS_LEFT_OUT.get(table, "").split() + ["oid"]
        pairs = {name: self.printed(table, name, kind, names) for name, kind in columns if name not in left_out}
        pairs.update(MORE.get(table, {}))
        if table == "pg_constraint":  # that of a CHECK follows the table's
            pairs["conkey"] = f"CASE WHEN x.contype <> 'c' THEN {pairs['conkey']} END"
        own = f"pg_identify_object({number}, x.oid, 0)" if "oid" in names else "NULL"
        where = CONDITIONS.get(table, "true")
        if "oid" in names and table not in ("pg_extension", "pg_subscription"):
            where = f"({where}) AND (x.oid >= 16384 OR {number} = 2615 AND x.oid = 2200)"
        if table in ("pg_aggregate", "pg_range"):
            where = f"x.{'aggfnoid' if table == 'pg_aggregate' else 'rngtypid'} >= 16384"
        if table == "pg_ts_config_map":
            where = "x.mapcfg >= 16384"
        parts = ["json_build_object(" + ", ".join(f"'{name}', {text}" for name, text in some) + ")::jsonb"
                 for some in (list(pairs.items())[at:at + 40] for at in range(0, len(pairs), 40))]
        text = f"SELECT json_build_array('{table}', {own}, {' || '.join(parts)})\nFROM {table} x WHERE {where};\n"
        acl = [name for name, kind in columns if kind == "aclitem[]"]
        if acl and "oid" in names and table in DEFAULT_ACL:
            text += SERVERS_OWN.format(catalog=table, default=DEFAULT_ACL[table],
                                       **{"class": number, "acl": acl[0]})
        return text


def entries(text):
    """The rows as a Counter of (catalog, '', name, body)."""
    result = collections.Counter()
    for line in text.splitlines():
        table, own, row = json.loads(line)
        name = f"{own['type']} {own['identity']}" if own else ""
        body = "\n".join(f"{key}: {row[key] if isinstance(row[key], str) else json.dumps(row[key], sort_keys=True)}"
                         for key in sorted(row) if row[key] is not None)
        result[(table, "", name, body)] += 1
    return result


def loosened(some):
    """The rows without the casts and parentheses of expressions."""
    result = collections.Counter()
    for (table, schema, name, body), count in some.items():
        result[(table, schema, name, EXPRESSIONS.sub("", body))] += count
    return result
