"""Mutations of a catalog: what random_pairs.py builds its databases with, and changes them by.

A mutation is a function of (random, schema) that returns SQL statements for one change, or None if
the schema has nothing to change in this way. It may be wrong: statements that the server refuses are
skipped, one mutation as a whole. Names are never used twice, so that no column comes back with
another meaning; a change of type is one that `column::type` can do.

Rows are made such that they stay valid: numbers are 1, 2, 3, everything else follows from them.
"""
import json

READ = r"""
SET search_path = '';
SELECT json_build_object('schema', nspname, 'relation', relname, 'kind', relkind, 'partition', relispartition,
  'referenced', EXISTS (SELECT FROM pg_constraint f WHERE f.confrelid = c.oid),
  'parents', (SELECT json_agg(p.relname) FROM pg_inherits i JOIN pg_class p ON p.oid = inhparent WHERE inhrelid = c.oid),
  'persistence', relpersistence,
  'columns', (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod),
        'not_null', attnotnull, 'default', atthasdef, 'identity', attidentity, 'generated', attgenerated,
        'inherited', attinhcount > 0) ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
  'constraints', (SELECT json_agg(json_build_object('name', conname, 'type', contype, 'valid', convalidated,
        'inherited', coninhcount > 0, 'columns', (SELECT json_agg(attname ORDER BY k.ord) FROM pg_attribute a,
          unnest(conkey) WITH ORDINALITY k(num, ord) WHERE a.attrelid = c.oid AND a.attnum = k.num)) ORDER BY conname)
      FROM pg_constraint WHERE conrelid = c.oid),
  'indexes', (SELECT json_agg(json_build_object('name', x.relname, 'constraint', k.oid IS NOT NULL,
        'unique', indisunique AND indpred IS NULL AND indexprs IS NULL, 'attached', x.relispartition,
        'unique_columns', CASE WHEN indisunique THEN (SELECT json_agg(attname) FROM pg_depend e JOIN pg_attribute ON attrelid = refobjid
          AND attnum = refobjsubid WHERE e.objid = x.oid AND e.classid = 'pg_class'::regclass) END) ORDER BY x.relname)
      FROM pg_index i JOIN pg_class x ON x.oid = indexrelid LEFT JOIN pg_constraint k ON conindid = indexrelid AND conrelid = c.oid
      WHERE indrelid = c.oid),
  'triggers', (SELECT json_agg(tgname ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal AND tgparentid = 0),
  'policies', (SELECT json_agg(polname ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid),
  'rules', (SELECT json_agg(rulename ORDER BY rulename) FROM pg_rewrite WHERE ev_class = c.oid AND rulename <> '_RETURN'),
  'view', CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  'reads', (SELECT json_agg(DISTINCT d.relname) FROM pg_rewrite w JOIN pg_depend e ON e.objid = w.oid AND e.classid = 'pg_rewrite'::regclass
      JOIN pg_class d ON d.oid = e.refobjid AND e.refclassid = 'pg_class'::regclass
      WHERE ev_class = c.oid AND d.oid <> c.oid AND relkind IN ('v', 'm')),
  'owned', EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.classid = 'pg_class'::regclass AND e.deptype IN ('a', 'i')
      AND relkind = 'S'))
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname LIKE 'p__' AND relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY nspname, relname;
SELECT json_build_object('schema', nspname, 'type', typname, 'kind', typtype,
  'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
  'attributes', (SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped),
  'base', CASE typtype WHEN 'd' THEN format_type(typbasetype, typtypmod) END,
  'constraints', (SELECT json_agg(conname ORDER BY conname) FROM pg_constraint WHERE contypid = t.oid))
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
WHERE nspname LIKE 'p__' AND (typtype IN ('e', 'd', 'r') OR typtype = 'c' AND relkind = 'c') ORDER BY nspname, typname;
SELECT json_build_object('schema', nspname, 'function', proname, 'kind', prokind, 'arguments', pg_get_function_identity_arguments(p.oid),
  'result', pg_get_function_result(p.oid), 'atomic', to_json(p) ->> 'prosqlbody' IS NOT NULL)
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname LIKE 'p__' ORDER BY nspname, proname;
SELECT json_build_object('schema', nspname, 'statistics', stxname)
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace WHERE nspname LIKE 'p__' ORDER BY nspname, stxname;
"""

ROLES = ("rung_alice", "rung_bob", "rung_carol", "PUBLIC")
# type: (a default, the value of row {i}, types that it can become)
TYPES = {
    "smallint": ("7", "{i}", ("integer", "bigint", "numeric", "text")),
    "integer": ("7", "{i}", ("bigint", "numeric(12,2)", "text", "double precision", "character varying(50)")),
    "bigint": ("42", "{i}", ("numeric", "text", "integer")),
    "numeric": ("1.5", "{i}.5", ("numeric(12,2)", "text", "double precision")),
    "numeric(12,2)": ("0.25", "{i}.25", ("numeric", "numeric(14,4)", "text")),
    "numeric(14,4)": ("0.125", "{i}.125", ("numeric", "text")),
    "real": ("1.5", "{i}.5", ("double precision", "numeric")),
    "double precision": ("2.5", "{i}.5", ("numeric", "text", "real")),
    "text": ("'it''s'", "'v{i}'", ("character varying(50)", "bytea")),
    "character varying(20)": ("'x'", "'v{i}'", ("text", "character varying(50)")),
    "character varying(50)": ("'y'", "'v{i}'", ("text", "character varying(20)")),
    "character(4)": ("'abcd'", "'v{i}'", ("text", "character varying(20)")),
    "boolean": ("true", "{i} > 1", ("text", "integer")),
    "date": ("CURRENT_DATE", "date '2024-01-01' + {i}", ("timestamp without time zone", "timestamp with time zone", "text")),
    "timestamp without time zone": ("now()", "timestamp '2024-01-01' + interval '{i} hour'", ("timestamp with time zone", "date", "text")),
    "timestamp with time zone": ("now()", "timestamptz '2024-01-01Z' + interval '{i} hour'", ("timestamp without time zone", "date", "text")),
    "time without time zone": ("'12:00'", "time '10:00' + interval '{i} hour'", ("time with time zone", "interval", "text")),
    "interval": ("'1 day'", "interval '{i} day'", ("text", "time without time zone")),
    "uuid": ("gen_random_uuid()", "('00000000-0000-0000-0000-00000000000' || {i})::uuid", ("text",)),
    "json": ("'{{}}'", "'{{\"a\": {i}}}'", ("jsonb", "text")),
    "jsonb": ("'[]'", "'{{\"a\": {i}}}'", ("json", "text")),
    "bytea": ("'\\x00'", "'\\x0{i}'::bytea", ()),
    "integer[]": ("'{{1,2}}'", "ARRAY[{i}]", ("bigint[]", "text[]", "text")),
    "bigint[]": ("'{{}}'", "ARRAY[{i}]::bigint[]", ("text[]",)),
    "text[]": ("'{{}}'", "ARRAY['v{i}']", ("character varying(20)[]", "text")),
    "inet": ("'10.0.0.1'", "'10.0.0.{i}'::inet", ("text", "cidr")),
    "int4range": ("'[1,5)'", "int4range({i}, {i} + 1)", ("text",)),
    "point": ("'(1,2)'", "point({i}, {i})", ("text",)),
    "tsvector": ("''", "to_tsvector('simple', 'v{i}')", ("text",)),
}
NUMBERS = ("smallint", "integer", "bigint", "numeric", "numeric(12,2)", "double precision")
WORDS = ("text", "character varying(20)", "character varying(50)")
NO_ORDER = ("json", "point")  # without a btree operator class


class Schema:
    """What the server says is there, and names for what comes next."""

    def __init__(self, name, salt):
        self.name, self.salt, self.count = name, salt, 0
        self.relations, self.types, self.functions, self.statistics = {}, {}, [], []

    def fresh(self, letter):
        self.count += 1
        return f"{letter}{self.salt}_{self.count}"

    def q(self, name):
        return f"{self.name}.{name}"

    def of_kind(self, kinds):
        return [r for r in self.relations.values() if r["kind"] in kinds]

    def tables(self):
        return self.of_kind("rp")

    def roots(self):
        """Tables whose columns are their own."""
        return [t for t in self.tables() if not t["partition"] and not t["parents"]]

    def enums(self):
        return [t for t in self.types.values() if t["kind"] == "e"]

    def readers(self, relation):
        """Views over a relation, those that are read by others first."""
        found, edge = [], {relation}
        while edge:
            edge = {v["relation"] for v in self.of_kind("vm") if edge & set(v["reads"] or [])}
            found = [name for name in found if name not in edge] + sorted(edge)
        return [self.relations[name] for name in found]


def read(text, salt, names):
    schemas = {name: Schema(name, salt) for name in names}
    for line in text.splitlines():
        row = json.loads(line)
        schema = schemas.get(row["schema"])
        if schema is None:
            continue
        if "relation" in row:
            for key in ("columns", "constraints", "indexes", "triggers", "policies", "rules"):
                row[key] = row[key] or []
            schema.relations[row["relation"]] = row
        elif "type" in row:
            schema.types[row["type"]] = row
        elif "function" in row:
            schema.functions.append(row)
        else:
            schema.statistics.append(row["statistics"])
    return schemas


# ---- picking ----

def pick(r, some):
    some = list(some)
    return r.choice(some) if some else None


def pick_type(r, s):
    own = [s.q(t["type"]) for t in s.types.values()]
    own += [s.q(t["type"]) + "[]" for t in s.enums()]
    return r.choice(own) if own and r.random() < 0.3 else r.choice(list(TYPES))


def type_of(s, name):
    """The entry of s.types behind a column's type, or None."""
    return s.types.get(name.removesuffix("[]").rpartition(".")[2]) if "." in name else None


def default_of(s, name):
    own = type_of(s, name)
    if own is None:
        return TYPES[name][0].format() if name in TYPES else None
    if own["kind"] == "e":
        return "'{}'" if name.endswith("[]") else "'" + own["labels"][0] + "'"
    return default_of(s, own["base"]) if own["kind"] == "d" else None


def value_of(s, name, i):
    own = type_of(s, name)
    if own is None:
        return TYPES[name][1].format(i=i) if name in TYPES else "NULL"
    if own["kind"] == "e":
        return f"ARRAY['{own['labels'][0]}']::{name}" if name.endswith("[]") else f"'{own['labels'][0]}'::{name}"
    return value_of(s, own["base"], i) if own["kind"] == "d" else "NULL"


def column(r, s, kinds="rp", roots=False, where=lambda c: True):
    """A table and one of its columns."""
    tables = s.roots() if roots else s.of_kind(kinds)
    return pick(r, [(t, c) for t in tables if t["kind"] in kinds for c in t["columns"] if where(c)])


def condition(r, s, column_):
    """True for all rows that are made here."""
    name, kind = column_["name"], column_["type"]
    if kind in NUMBERS:
        return r.choice([f"{name} > 0", f"{name} < 1000", f"{name} BETWEEN 0 AND 500", f"abs({name}) < 99"])
    if kind in WORDS:
        return r.choice([f"{name} <> ''", f"length({name}) < 40", f"{name} NOT IN ('', 'bad')", f"lower({name}) <> 'x'"])
    if kind == "boolean":
        return f"{name} IS NOT NULL OR {name} IS NULL"
    own = type_of(s, kind)
    if own and own["kind"] == "e" and not kind.endswith("[]"):
        return r.choice([f"{name} >= '{own['labels'][0]}'", f"{name} IN ('{own['labels'][0]}', '{own['labels'][-1]}')"])
    return f"{name} IS NOT NULL OR 1 = 1"


def expression(r, column_):
    name, kind = column_["name"], column_["type"]
    if kind in NUMBERS:
        return r.choice([f"{name} + 1", f"abs({name})", f"-{name}", f"{name} * 2"])
    if kind in WORDS:
        return r.choice([f"lower({name})", f"upper({name})", f"length({name})"])
    return f"{name} IS NULL"


MUTATIONS = []


def mutation(weight=1, grows=False):
    def register(function):
        MUTATIONS.append((function, weight, grows))
        return function
    return register


def choose(r, s, grows=False):
    """(name, statements)"""
    some = [m for m in MUTATIONS if m[2] or not grows]
    while True:
        function = r.choices([m[0] for m in some], [m[1] for m in some])[0]
        statements = function(r, s)
        if statements:
            return function.__name__, [x for x in statements if x]


# ---- tables ----

def column_text(r, s, plain=False):
    kind = pick_type(r, s)
    text = f"{s.fresh('c')} {kind}"
    default = default_of(s, kind)
    if default and r.random() < 0.35:
        text += f" DEFAULT {default}"
        if r.random() < 0.4:
            text += " NOT NULL"
    if kind in WORDS and r.random() < 0.15:
        text += ' COLLATE "C"'
    return text


@mutation(3, grows=True)
def add_table(r, s):
    name = s.fresh("t")
    key = r.choice([f"{s.fresh('k')} integer PRIMARY KEY", f"{s.fresh('k')} serial PRIMARY KEY",
                    f"{s.fresh('k')} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                    f"{s.fresh('k')} uuid DEFAULT gen_random_uuid() UNIQUE", f"{s.fresh('k')} integer NOT NULL"])
    columns = [key] + [column_text(r, s) for _ in range(r.randint(2, 6))]
    return [f"CREATE {'UNLOGGED ' if r.random() < .1 else ''}TABLE {s.q(name)} ({', '.join(columns)})"
            + (" WITH (fillfactor = 70)" if r.random() < .2 else "")]


@mutation(2, grows=True)
def add_partitioned_table(r, s):
    name, key = s.fresh("m"), s.fresh("k")
    columns = [f"{key} integer NOT NULL"] + [column_text(r, s) for _ in range(r.randint(1, 4))]
    if r.random() < .4:
        columns.append(f"PRIMARY KEY ({key})")
    how = r.choice(["RANGE", "LIST", "HASH"])
    bounds = {"RANGE": ["FROM (0) TO (10)", "FROM (10) TO (20)"], "LIST": ["IN (1, 2, 3)", "IN (4, NULL)"],
              "HASH": ["WITH (MODULUS 2, REMAINDER 0)", "WITH (MODULUS 2, REMAINDER 1)"]}[how]
    return [f"CREATE TABLE {s.q(name)} ({', '.join(columns)}) PARTITION BY {how} ({key})",
            *(f"CREATE TABLE {s.q(s.fresh('mp'))} PARTITION OF {s.q(name)} FOR VALUES {b}" for b in bounds),
            f"CREATE TABLE {s.q(s.fresh('mp'))} PARTITION OF {s.q(name)} DEFAULT"
            if how != "HASH" and r.random() < .4 else None]


@mutation(1, grows=True)
def add_child_table(r, s):
    t = pick(r, [t for t in s.tables() if t["kind"] == "r" and not t["partition"]])
    return t and [f"CREATE TABLE {s.q(s.fresh('t'))} ({column_text(r, s)}) INHERITS ({s.q(t['relation'])})"]


@mutation()
def drop_table(r, s):
    t = pick(r, s.tables()) if len(s.tables()) > 4 else None
    return t and [f"DROP TABLE {s.q(t['relation'])} CASCADE"]


@mutation()
def rename_table(r, s):
    # nobody says that it is the same: rows that reference it would reference nothing
    t = pick(r, [t for t in s.roots() if not t["referenced"]])
    return t and [f"ALTER TABLE {s.q(t['relation'])} RENAME TO {s.fresh('t')}"]


@mutation(5, grows=True)
def add_column(r, s):
    t = pick(r, s.roots())
    return t and [f"ALTER TABLE {s.q(t['relation'])} ADD {column_text(r, s)}"]


@mutation(2, grows=True)
def add_special_column(r, s):
    t = pick(r, s.roots())
    if not t:
        return None
    source = pick(r, [c for c in t["columns"] if c["type"] in ("integer", "numeric", "smallint") and not c["generated"]])
    form = r.choice(["bigint GENERATED BY DEFAULT AS IDENTITY", "integer GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5)",
                     "serial", f"numeric GENERATED ALWAYS AS ({source['name']} * 2) STORED" if source else "bigserial"])
    return [f"ALTER TABLE {s.q(t['relation'])} ADD {s.fresh('c')} {form}"]


@mutation(3)
def drop_column(r, s):
    found = column(r, s, roots=True)
    if not found or len(found[0]["columns"]) < 3:
        return None
    return [f"ALTER TABLE {s.q(found[0]['relation'])} DROP {found[1]['name']} CASCADE"]


@mutation()
def rename_column(r, s):
    found = column(r, s, roots=True, where=lambda c: not c["not_null"] and not c["generated"])
    # a key over values that nobody says are the same: the new column's default may not do
    if found and any(found[1]["name"] in (columns or []) for t in s.tables() for columns in
                     [k["columns"] for k in t["constraints"]] + [i["unique_columns"] for i in t["indexes"]]):
        return None
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} RENAME {found[1]['name']} TO {s.fresh('c')}"]


@mutation(8)
def retype_column(r, s):
    found = column(r, s, roots=True, where=lambda c: not c["generated"])
    if not found:
        return None
    t, c = found
    own = type_of(s, c["type"])
    if own and not c["type"].endswith("[]") and own["kind"] in "ed":
        new = "text" if own["kind"] == "e" else own["base"]
        if own["kind"] == "e" and r.random() < .5 and len(s.enums()) > 1:
            new = s.q(pick(r, s.enums())["type"])
    elif c["type"] in TYPES and TYPES[c["type"]][2]:
        new = r.choice(TYPES[c["type"]][2])
        domains = [d for d in s.types.values() if d["kind"] == "d" and d["base"] == c["type"]]
        if domains and r.random() < .3:
            new = s.q(pick(r, domains)["type"])
    else:
        return None
    table, name, views = s.q(t["relation"]), c["name"], s.readers(t["relation"])
    plain = c["default"] and default_of(s, new)
    using = f"{name}::text::{new}" if own and own["kind"] == "e" else f"{name}::{new}"
    statements = [f"DROP {'MATERIALIZED ' if v['kind'] == 'm' else ''}VIEW {s.q(v['relation'])}" for v in reversed(views)]
    statements += [f"ALTER TABLE {table} ALTER {name} DROP DEFAULT" if c["default"] else None,
                   f"ALTER TABLE {table} ALTER {name} TYPE {new} USING {using}",
                   f"ALTER TABLE {table} ALTER {name} SET DEFAULT {plain}" if plain and r.random() < .8 else None]
    statements += [f"CREATE {'MATERIALIZED ' if v['kind'] == 'm' else ''}VIEW {s.q(v['relation'])} AS {v['view'].rstrip(';')}"
                   for v in views]
    return statements


@mutation(3, grows=True)
def set_default(r, s):
    found = column(r, s, where=lambda c: not c["identity"] and not c["generated"])
    if not found:
        return None
    default = default_of(s, found[1]["type"])
    return default and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} SET DEFAULT {default}"]


@mutation(2)
def drop_default(r, s):
    found = column(r, s, where=lambda c: c["default"] and not c["generated"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} DROP DEFAULT"]


@mutation(3, grows=True)
def change_not_null(r, s):
    found = column(r, s, where=lambda c: not c["identity"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']}"
                      f" {'DROP' if found[1]['not_null'] else 'SET'} NOT NULL"]


@mutation(2)
def change_identity(r, s):
    found = column(r, s, where=lambda c: c["identity"])
    what = r.choice(["DROP IDENTITY", "SET GENERATED ALWAYS", "SET GENERATED BY DEFAULT", "SET INCREMENT 3", "SET CYCLE",
                     "SET MAXVALUE 30000 SET CACHE 5", "SET START 17"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} {what}"]


@mutation()
def add_identity(r, s):
    found = column(r, s, "r", where=lambda c: c["not_null"] and not c["identity"] and not c["default"]
                   and c["type"] in ("integer", "bigint", "smallint"))
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} ADD GENERATED BY DEFAULT AS IDENTITY"]


@mutation()
def drop_expression(r, s):
    found = column(r, s, where=lambda c: c["generated"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} DROP EXPRESSION"]


@mutation(3, grows=True)
def change_column_setting(r, s):
    found = column(r, s)
    what = r.choice(["SET STATISTICS 50", "SET STATISTICS 200", "SET STATISTICS -1", "SET STORAGE EXTERNAL", "SET STORAGE MAIN",
                     "SET STORAGE EXTENDED", "SET COMPRESSION pglz", "SET COMPRESSION default", "SET (n_distinct = 5)",
                     "SET (n_distinct = -0.5)", "RESET (n_distinct)"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} {what}"]


@mutation(3)
def change_table_setting(r, s):
    t = pick(r, s.of_kind("r"))
    return t and [f"ALTER TABLE {s.q(t['relation'])} " + r.choice([
        "SET (fillfactor = 80)", "RESET (fillfactor)", "SET (autovacuum_enabled = false)", "SET (toast.autovacuum_enabled = false)",
        "SET UNLOGGED", "SET LOGGED", "REPLICA IDENTITY FULL", "REPLICA IDENTITY NOTHING", "REPLICA IDENTITY DEFAULT",
        "SET WITHOUT CLUSTER"])]


@mutation()
def use_index(r, s):
    found = pick(r, [(t, i) for t in s.of_kind("r") for i in t["indexes"]])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} " + r.choice([
        f"CLUSTER ON {found[1]['name']}", f"REPLICA IDENTITY USING INDEX {found[1]['name']}"])]


@mutation()
def change_inheritance(r, s):
    child = pick(r, [t for t in s.of_kind("r") if t["parents"] and not t["partition"]])
    return child and [f"ALTER TABLE {s.q(child['relation'])} NO INHERIT {s.q(child['parents'][0])}"]


@mutation(2)
def change_partition(r, s):
    part = pick(r, [t for t in s.tables() if t["partition"]])
    if not part:
        return None
    parent, name = s.q(part["parents"][0]), s.q(part["relation"])
    key = s.relations[part["parents"][0]]["columns"][0]["name"]
    low = 30 + 10 * s.count
    return r.choice([
        [f"ALTER TABLE {parent} DETACH PARTITION {name}"],
        [f"CREATE TABLE {s.q(s.fresh('mp'))} PARTITION OF {parent} FOR VALUES FROM ({low}) TO ({low + 10})"],
        [f"CREATE TABLE {s.q(s.fresh('mp'))} PARTITION OF {parent} FOR VALUES IN ({low})"],
        [f"CREATE TABLE {s.q(s.fresh('mp'))} PARTITION OF {parent} FOR VALUES FROM ({low}) TO ({low + 10}) PARTITION BY LIST ({key})"],
        [f"ALTER TABLE {parent} DETACH PARTITION {name}", f"ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM (0) TO (15)"],
        [f"ALTER TABLE {parent} DETACH PARTITION {name}", f"ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES IN (1, 2, 3, 77)"]])


# ---- constraints and indexes ----

def columns_of(r, t, most=2):
    usable = [c["name"] for c in t["columns"] if c["type"] not in NO_ORDER]
    return r.sample(usable, min(len(usable), r.randint(1, most)))


@mutation(2, grows=True)
def add_key(r, s):
    t = pick(r, s.tables())
    if not t:
        return None
    columns = ", ".join(columns_of(r, t))
    form = r.choice([f"PRIMARY KEY ({columns})", f"UNIQUE ({columns})", f"UNIQUE NULLS NOT DISTINCT ({columns})",
                     f"UNIQUE ({columns}) DEFERRABLE", f"UNIQUE ({columns}) DEFERRABLE INITIALLY DEFERRED",
                     f"UNIQUE ({columns}) INCLUDE ({t['columns'][-1]['name']})", f"UNIQUE ({columns}) WITH (fillfactor = 60)"])
    return [f"ALTER TABLE {s.q(t['relation'])} ADD CONSTRAINT {s.fresh('u')} {form}"]


@mutation(3, grows=True)
def add_check(r, s):
    found = column(r, s)
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} ADD CONSTRAINT {s.fresh('x')} CHECK ({condition(r, s, found[1])})"
                      + r.choice(["", "", "", " NOT VALID", " NO INHERIT" if found[0]["kind"] == "r" else ""])]


@mutation(4, grows=True)
def add_foreign_key(r, s):
    keys = [(t, k) for t in s.tables() for k in t["constraints"] if k["type"] in "pu" and len(k["columns"] or []) == 1]
    found = pick(r, keys)
    if not found:
        return None
    kind = next(c["type"] for c in found[0]["columns"] if c["name"] == found[1]["columns"][0])
    action = r.choice(["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE ON DELETE RESTRICT",
                       " MATCH FULL", " ON DELETE SET DEFAULT"]) + r.choice(["", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"])
    same = column(r, s, where=lambda c: c["type"] == kind)
    target = f"REFERENCES {s.q(found[0]['relation'])} ({found[1]['columns'][0]}){action}"
    if same and r.random() < .6:
        valid = " NOT VALID" if same[0]["kind"] == "r" and r.random() < .4 else ""
        return [f"ALTER TABLE {s.q(same[0]['relation'])} ADD CONSTRAINT {s.fresh('f')} FOREIGN KEY ({same[1]['name']}) {target}{valid}"]
    t = pick(r, s.roots())
    return t and [f"ALTER TABLE {s.q(t['relation'])} ADD {s.fresh('c')} {kind} CONSTRAINT {s.fresh('f')} {target}"]


@mutation(1, grows=True)
def add_exclusion(r, s):
    found = column(r, s, "r", where=lambda c: c["type"] in ("int4range", "integer", "point"))
    if not found:
        return None
    how = "btree ({} WITH =)" if found[1]["type"] == "integer" else "gist ({} WITH &&)" if found[1]["type"] == "int4range" else "gist ({} WITH ~=)"
    return [f"ALTER TABLE {s.q(found[0]['relation'])} ADD CONSTRAINT {s.fresh('e')} EXCLUDE USING {how.format(found[1]['name'])}"
            + r.choice(["", " DEFERRABLE", f" WHERE ({found[1]['name']} IS NOT NULL)"])]


@mutation(3)
def drop_constraint(r, s):
    found = pick(r, [(t, k) for t in s.tables() for k in t["constraints"] if not k["inherited"] and k["type"] != "t"])
    return found and [f"ALTER TABLE {s.q(found[0]['relation'])} DROP CONSTRAINT {found[1]['name']} CASCADE"]


@mutation(2)
def change_constraint(r, s):
    found = pick(r, [(t, k) for t in s.tables() for k in t["constraints"] if not k["inherited"] and k["type"] != "t"])
    if not found:
        return None
    t, k = s.q(found[0]["relation"]), found[1]["name"]
    return [f"ALTER TABLE {t} " + (f"VALIDATE CONSTRAINT {k}" if not found[1]["valid"] and r.random() < .8 else r.choice(
        [f"RENAME CONSTRAINT {k} TO {s.fresh('n')}"] + ([f"ALTER CONSTRAINT {k} DEFERRABLE", f"ALTER CONSTRAINT {k} NOT DEFERRABLE",
                                                         f"ALTER CONSTRAINT {k} DEFERRABLE INITIALLY DEFERRED"] if found[1]["type"] == "f" else [])))]


@mutation(6, grows=True)
def add_index(r, s):
    t = pick(r, s.of_kind("rpm"))
    if not t or not t["columns"]:
        return None
    c, name = r.choice(t["columns"]), s.fresh("i")
    columns = columns_of(r, t)
    if not columns:
        return None
    order = [x + r.choice(["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]) for x in columns]
    form = r.choice([
        f"({', '.join(order)})", f"({', '.join(order)})", f"(({expression(r, c)}))", f"({', '.join(columns)}, ({expression(r, c)}))",
        f"({columns[0]}) WHERE {condition(r, s, c)}", f"({columns[0]}) INCLUDE ({t['columns'][0]['name']})",
        f"USING hash ({columns[0]})", f"USING brin ({columns[0]}) WITH (pages_per_range = 16)",
        f"({columns[0]}) WITH (fillfactor = 75)"])
    if c["type"] in ("jsonb", "tsvector", "integer[]", "text[]"):
        form = f"USING gin ({c['name']})"
    elif c["type"] in ("point", "int4range"):
        form = f"USING {r.choice(['gist', 'spgist'])} ({c['name']})"
    elif c["type"] in WORDS and r.random() < .4:
        form = r.choice([f"({c['name']} {'text' if c['type'] == 'text' else 'varchar'}_pattern_ops)", f"({c['name']} COLLATE \"C\")"])
    only = "ONLY " if t["kind"] == "p" and r.random() < .1 else ""
    unique = r.random() < .2 and "USING" not in form and t["kind"] != "m"  # whose rows may be others when it is filled again
    return [f"CREATE {'UNIQUE ' if unique else ''}INDEX {name} ON {only}{s.q(t['relation'])} {form}",
            f"ALTER INDEX {s.q(name)} ALTER COLUMN 1 SET STATISTICS 99" if form.startswith("((") and r.random() < .3 else None]


@mutation(3)
def drop_index(r, s):
    i = pick(r, [i for t in s.of_kind("rpm") for i in t["indexes"] if not i["constraint"] and not i["attached"]])
    return i and [f"DROP INDEX {s.q(i['name'])}"]


@mutation()
def change_index(r, s):
    i = pick(r, [i for t in s.of_kind("rpm") for i in t["indexes"]])
    return i and [f"ALTER INDEX {s.q(i['name'])} " + r.choice([f"RENAME TO {s.fresh('i')}", "SET (fillfactor = 66)", "RESET (fillfactor)"])]


# ---- views and functions ----

def view_text(r, s):
    t = pick(r, [x for x in s.relations.values() if x["kind"] in "rpvm" and x["columns"]])
    if not t:
        return None
    other = pick(r, s.of_kind("rpvm"))
    a = r.sample(t["columns"], min(len(t["columns"]), r.randint(1, 4)))
    select = [f"x.{c['name']}" for c in a]
    if r.random() < .3 and a[0]["type"] in NUMBERS + WORDS:
        select.append(f"{expression(r, dict(a[0], name='x.' + a[0]['name']))} AS {s.fresh('v')}")
    functions = [f for f in s.functions if f["kind"] == "f" and f["arguments"].endswith(" integer") and "," not in f["arguments"]]
    if functions and r.random() < .3:
        select.append(f"{s.q(pick(r, functions)['function'])}(1) AS {s.fresh('v')}")
    keys = [k for k in t["constraints"] if k["type"] == "p" and t["kind"] == "r"]
    if keys and r.random() < .3:
        return f"SELECT {', '.join(select)}, count(*) AS {s.fresh('v')} FROM {s.q(t['relation'])} x GROUP BY " + ", ".join("x." + c for c in keys[0]["columns"])
    if other["columns"] and r.random() < .3:
        return f"SELECT {', '.join(select)}, y.{r.choice(other['columns'])['name']} AS {s.fresh('v')} FROM {s.q(t['relation'])} x CROSS JOIN {s.q(other['relation'])} y"
    where = condition(r, s, dict(a[0], name="x." + a[0]["name"]))
    return f"SELECT {', '.join(select)} FROM {s.q(t['relation'])} x" + (f" WHERE {where}" if r.random() < .5 else "")


@mutation(5, grows=True)
def add_view(r, s):
    text = view_text(r, s)
    options = r.choice(["", "", "", " WITH (security_barrier)", " WITH (security_invoker = true)"])
    return text and [f"CREATE VIEW {s.q(s.fresh('v'))}{options} AS {text}"]


@mutation(2, grows=True)
def add_materialized_view(r, s):
    text = view_text(r, s)
    return text and [f"CREATE MATERIALIZED VIEW {s.q(s.fresh('w'))} AS {text}"]


@mutation(3)
def replace_view(r, s):
    v, text = pick(r, s.of_kind("v")), view_text(r, s)
    if not v:
        return None
    if r.random() < .5:  # the same columns, another condition
        return [f"CREATE OR REPLACE VIEW {s.q(v['relation'])} AS SELECT q.* FROM ({v['view'].rstrip(';')}) q WHERE 1 < {r.randint(2, 99)}"]
    readers = s.readers(v["relation"])
    return [*(f"DROP {'MATERIALIZED ' if x['kind'] == 'm' else ''}VIEW {s.q(x['relation'])}" for x in reversed(readers)),
            f"DROP VIEW {s.q(v['relation'])}", f"CREATE VIEW {s.q(v['relation'])} AS {text}"]


@mutation()
def extend_view(r, s):
    v = pick(r, s.of_kind("v"))
    return v and [f"CREATE OR REPLACE VIEW {s.q(v['relation'])} AS SELECT q.*, {r.randint(1, 9)} AS {s.fresh('v')} FROM ({v['view'].rstrip(';')}) q"]


@mutation(2)
def drop_view(r, s):
    v = pick(r, s.of_kind("vm"))
    return v and [f"DROP {'MATERIALIZED ' if v['kind'] == 'm' else ''}VIEW {s.q(v['relation'])} CASCADE"]


@mutation()
def change_view_setting(r, s):
    v = pick(r, [v for v in s.of_kind("v") if v["columns"]])
    if not v:
        return None
    c = r.choice(v["columns"])
    default = default_of(s, c["type"]) or "NULL"
    return [f"ALTER VIEW {s.q(v['relation'])} " + r.choice(["SET (security_barrier = true)", "RESET (security_barrier)",
            "SET (security_invoker = false)", f"ALTER {c['name']} SET DEFAULT {default}", f"ALTER {c['name']} DROP DEFAULT",
            f"RENAME {c['name']} TO {s.fresh('v')}"])]


FUNCTIONS = (
    "({p} integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$SELECT {p} + {n}$$",
    "({p} integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN {p} + {n}",
    "({p} text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$SELECT lower({p}) || {n}$$",
    "({p} integer, {p}b text DEFAULT 'x{n}') RETURNS text LANGUAGE plpgsql STABLE AS $$BEGIN RETURN {p}b; END$$",
    "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN /* {n} */ RETURN NEW; END$$",
    "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN /* {n} */ RETURN NULL; END$$",
    "({p} integer, OUT {p}b integer, OUT {p}c text) LANGUAGE sql AS $$SELECT {n}, 'x'$$",
    "() RETURNS SETOF integer LANGUAGE sql ROWS {n} AS $$SELECT 1$$",
    "(VARIADIC {p} integer[]) RETURNS bigint LANGUAGE sql COST {n} AS $$SELECT count(*) FROM unnest({p})$$",
    "() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$SELECT {n}$$")


@mutation(4, grows=True)
def add_function(r, s):
    text = r.choice(FUNCTIONS).format(p=s.fresh("a"), n=r.randint(1, 99))
    return [f"CREATE FUNCTION {s.q(s.fresh('f'))}{text}"]


@mutation(2, grows=True)
def add_function_over_table(r, s):
    t = pick(r, [t for t in s.of_kind("rpvm") if t["columns"]])
    if not t:
        return None
    c, name, table = r.choice(t["columns"]), s.q(s.fresh("f")), s.q(t["relation"])
    return [r.choice([
        f"CREATE FUNCTION {name}() RETURNS SETOF {table} LANGUAGE sql AS $$SELECT * FROM {table}$$",
        f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(t.{c['name']}) FROM {table} t; END",
        f"CREATE FUNCTION {name}({table}) RETURNS boolean LANGUAGE sql AS $$SELECT $1.{c['name']} IS NULL$$",
        f"CREATE FUNCTION {name}({s.fresh('a')} {c['type']}) RETURNS SETOF {c['type']} LANGUAGE sql AS $$SELECT t.{c['name']} FROM {table} t$$",
        f"CREATE PROCEDURE {name}() LANGUAGE sql BEGIN ATOMIC DELETE FROM {table} t WHERE t.{c['name']} IS NULL; END"])]


def signature(s, f):
    return f"{s.q(f['function'])}({f['arguments']})"


@mutation(2)
def replace_function(r, s):
    f = pick(r, [f for f in s.functions if f["kind"] == "f" and f["result"] == "integer" and f["arguments"].endswith(" integer") and "," not in f["arguments"]])
    return f and [f"CREATE OR REPLACE FUNCTION {signature(s, f)} RETURNS integer LANGUAGE sql IMMUTABLE AS $$SELECT {r.randint(1, 99)}$$"]


@mutation(2)
def recreate_function(r, s):
    f = pick(r, [f for f in s.functions if f["kind"] == "f"])
    return f and [f"DROP FUNCTION {signature(s, f)} CASCADE",
                  f"CREATE FUNCTION {s.q(f['function'])}" + r.choice(FUNCTIONS).format(p=s.fresh("a"), n=r.randint(1, 99))]


@mutation(2)
def change_function(r, s):
    f = pick(r, [f for f in s.functions if f["kind"] == "f"])
    return f and [f"ALTER FUNCTION {signature(s, f)} " + r.choice([
        "STABLE", "VOLATILE", "STRICT", "CALLED ON NULL INPUT", "SECURITY DEFINER", "SECURITY INVOKER", "LEAKPROOF", "COST 7",
        "PARALLEL SAFE", "SET work_mem = '2MB'", "RESET ALL", f"RENAME TO {s.fresh('f')}"])]


@mutation(2)
def drop_function(r, s):
    f = pick(r, s.functions)
    return f and [f"DROP ROUTINE {signature(s, f)} CASCADE"]


@mutation(1, grows=True)
def add_aggregate(r, s):
    return [f"CREATE AGGREGATE {s.q(s.fresh('g'))} " + r.choice([
        "(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')", "(text) (SFUNC = textcat, STYPE = text, PARALLEL = SAFE)",
        "(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0')"])]


@mutation(2, grows=True)
def use_function(r, s):
    """In a default, check, index, policy."""
    f = pick(r, [f for f in s.functions if f["kind"] == "f" and f["result"] == "integer" and f["arguments"].endswith(" integer") and "," not in f["arguments"]])
    found = column(r, s, where=lambda c: c["type"] == "integer")
    if not f or not found:
        return None
    t, c, call = s.q(found[0]["relation"]), found[1]["name"], s.q(f["function"])
    return [r.choice([f"ALTER TABLE {t} ALTER {c} SET DEFAULT {call}(1)", f"ALTER TABLE {t} ADD CONSTRAINT {s.fresh('x')} CHECK ({call}({c}) > -1)",
                      f"CREATE INDEX {s.fresh('i')} ON {t} ({call}({c}))", f"CREATE POLICY {s.fresh('p')} ON {t} USING ({call}({c}) > 0)",
                      f"CREATE STATISTICS {s.q(s.fresh('s'))} ON ({call}({c})), {c} FROM {t}"])]


# ---- triggers, rules, policies ----

@mutation(3, grows=True)
def add_trigger(r, s):
    f, t = pick(r, [f for f in s.functions if f["result"] == "trigger"]), pick(r, [t for t in s.tables() if t["columns"]])
    if not f or not t:
        return None
    c, name, table, call = r.choice(t["columns"])["name"], s.fresh("tr"), s.q(t["relation"]), f"EXECUTE FUNCTION {s.q(f['function'])}"
    return [r.choice([
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW {call}()",
        f"CREATE TRIGGER {name} AFTER UPDATE OF {c} ON {table} FOR EACH ROW {call}('a', 1)",
        f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW WHEN (OLD.{c} IS NOT NULL AND NEW.{c} IS NULL) {call}()",
        f"CREATE TRIGGER {name} AFTER DELETE ON {table} REFERENCING OLD TABLE AS o FOR EACH STATEMENT {call}()",
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} {call}()",
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {call}()"])]


@mutation(2)
def change_trigger(r, s):
    found = pick(r, [(t, g) for t in s.of_kind("rpv") for g in t["triggers"]])
    if not found:
        return None
    t, g = s.q(found[0]["relation"]), found[1]
    return [r.choice([f"DROP TRIGGER {g} ON {t}", f"ALTER TABLE {t} DISABLE TRIGGER {g}", f"ALTER TABLE {t} ENABLE ALWAYS TRIGGER {g}",
                      f"ALTER TABLE {t} ENABLE REPLICA TRIGGER {g}", f"ALTER TRIGGER {g} ON {t} RENAME TO {s.fresh('tr')}"])]


@mutation(1, grows=True)
def add_rule(r, s):
    t = pick(r, [t for t in s.of_kind("rv") if t["columns"]])
    if not t:
        return None
    c, name, table = r.choice(t["columns"])["name"], s.fresh("r"), s.q(t["relation"])
    return [r.choice([f"CREATE RULE {name} AS ON DELETE TO {table} WHERE OLD.{c} IS NULL DO ALSO NOTHING",
                      f"CREATE RULE {name} AS ON UPDATE TO {table} DO ALSO NOTIFY changed",
                      f"CREATE RULE {name} AS ON UPDATE TO {table} WHERE NEW.{c} IS NULL AND OLD.{c} IS NOT NULL DO INSTEAD NOTHING"])]


@mutation()
def drop_rule(r, s):
    found = pick(r, [(t, g) for t in s.of_kind("rpv") for g in t["rules"]])
    return found and [f"DROP RULE {found[1]} ON {s.q(found[0]['relation'])}"]


@mutation(3, grows=True)
def add_policy(r, s):
    found = column(r, s)
    if not found:
        return None
    using, check = condition(r, s, found[1]), condition(r, s, found[1])
    form = r.choice([f"USING ({using})", f"FOR SELECT USING ({using})", f"FOR INSERT WITH CHECK ({check})",
                     f"FOR UPDATE USING ({using}) WITH CHECK ({check})", f"AS RESTRICTIVE FOR DELETE TO rung_alice USING ({using})",
                     f"TO rung_bob, rung_carol USING ({using}) WITH CHECK ({check})"])
    return [f"CREATE POLICY {s.fresh('p')} ON {s.q(found[0]['relation'])} {form}"]


@mutation(2)
def change_policy(r, s):
    found = pick(r, [(t, p) for t in s.tables() for p in t["policies"]])
    if not found:
        return None
    t, p = s.q(found[0]["relation"]), found[1]
    return [r.choice([f"DROP POLICY {p} ON {t}", f"ALTER POLICY {p} ON {t} TO rung_alice", f"ALTER POLICY {p} ON {t} TO PUBLIC",
                      f"ALTER POLICY {p} ON {t} USING (1 < {r.randint(2, 99)})", f"ALTER POLICY {p} ON {t} WITH CHECK (2 < {r.randint(3, 99)})",
                      f"ALTER POLICY {p} ON {t} RENAME TO {s.fresh('p')}"])]


@mutation(2, grows=True)
def change_row_security(r, s):
    t = pick(r, s.tables())
    return t and [f"ALTER TABLE {s.q(t['relation'])} {r.choice(['ENABLE', 'ENABLE', 'DISABLE', 'FORCE', 'NO FORCE'])} ROW LEVEL SECURITY"]


# ---- types and sequences ----

@mutation(2, grows=True)
def add_type(r, s):
    name, n = s.q(s.fresh("e")), r.randint(2, 5)
    return [r.choice([
        f"CREATE TYPE {name} AS ENUM ({', '.join(repr(f'l{i}') for i in range(n))})",
        f"CREATE TYPE {name} AS ENUM ({', '.join(repr(f'l{i}') for i in range(n))})",
        f"CREATE DOMAIN {name} AS integer CONSTRAINT {s.fresh('x')} CHECK (VALUE > 0)",
        f"CREATE DOMAIN {name} AS text DEFAULT 'd' CONSTRAINT {s.fresh('x')} CHECK (VALUE <> '')",
        f"CREATE TYPE {name} AS ({s.fresh('y')} integer, {s.fresh('y')} text)",
        f"CREATE TYPE {name} AS RANGE (subtype = {r.choice(['integer', 'text', 'time'])})"])]


@mutation(3)
def add_enum_value(r, s):
    e = pick(r, s.enums())
    return e and [f"ALTER TYPE {s.q(e['type'])} ADD VALUE '{s.fresh('l')}'"
                  + r.choice(["", f" BEFORE '{r.choice(e['labels'])}'", f" AFTER '{r.choice(e['labels'])}'"])]


@mutation(3)
def recreate_enum(r, s):
    """Without its last value, or in another order; its columns are recast, what stands in the way is dropped."""
    e = pick(r, [e for e in s.enums() if len(e["labels"]) > 2])
    if not e:
        return None
    labels = e["labels"][:-1] if r.random() < .6 else r.sample(e["labels"], len(e["labels"]))
    new, old = s.q(e["type"]), s.fresh("e")
    statements = [f"ALTER TYPE {new} RENAME TO {old}", f"CREATE TYPE {new} AS ENUM ({', '.join(repr(x) for x in labels)})"]
    for t in s.roots():
        for c in t["columns"]:
            if c["type"].removesuffix("[]") == new and not c["generated"]:
                table, column_ = s.q(t["relation"]), c["name"]
                views = s.readers(t["relation"])
                statements += [f"DROP {'MATERIALIZED ' if v['kind'] == 'm' else ''}VIEW IF EXISTS {s.q(v['relation'])} CASCADE" for v in reversed(views)]
                cast = "text[]" if c["type"].endswith("[]") else "text"
                statements += [f"ALTER TABLE {table} ALTER {column_} DROP DEFAULT" if c["default"] else None,
                               f"ALTER TABLE {table} ALTER {column_} TYPE {c['type']} USING {column_}::{cast}::{c['type']}",
                               f"ALTER TABLE {table} ALTER {column_} SET DEFAULT {'ARRAY[]::' + c['type'] if cast == 'text[]' else repr(labels[0])}" if c["default"] else None]
    return statements + [f"DROP TYPE {s.q(old)} CASCADE"]


@mutation(2)
def change_domain(r, s):
    d = pick(r, [t for t in s.types.values() if t["kind"] == "d"])
    if not d:
        return None
    value = "VALUE < 1000" if d["base"] == "integer" else "length(VALUE) < 50"
    default = default_of(s, d["base"])
    return [f"ALTER DOMAIN {s.q(d['type'])} " + r.choice(
        [f"ADD CONSTRAINT {s.fresh('x')} CHECK ({value})", f"ADD CONSTRAINT {s.fresh('x')} CHECK ({value}) NOT VALID",
         f"SET DEFAULT {default}", "DROP DEFAULT", "DROP NOT NULL", "SET NOT NULL"]
        + [f"DROP CONSTRAINT {x}" for x in d["constraints"] or []])]


@mutation(2)
def change_composite(r, s):
    t = pick(r, [t for t in s.types.values() if t["kind"] == "c" and t["attributes"]])
    return t and [f"ALTER TYPE {s.q(t['type'])} " + r.choice([
        f"ADD ATTRIBUTE {s.fresh('y')} date", f"DROP ATTRIBUTE {t['attributes'][0]}", f"ALTER ATTRIBUTE {t['attributes'][0]} TYPE bigint"])]


@mutation()
def drop_type(r, s):
    t = pick(r, s.types.values())
    return t and [f"DROP TYPE {s.q(t['type'])} CASCADE"]


@mutation(2, grows=True)
def add_sequence(r, s):
    return [f"CREATE SEQUENCE {s.q(s.fresh('q'))} " + r.choice(["", "AS integer", "INCREMENT 5 START 10", "CYCLE MAXVALUE 99", "CACHE 7"])]


@mutation(2)
def change_sequence(r, s):
    q = pick(r, s.of_kind("S"))
    if not q:
        return None
    name, found = s.q(q["relation"]), column(r, s, "r", where=lambda c: c["type"] in ("integer", "bigint") and not c["identity"])
    own = [f"ALTER SEQUENCE {name} OWNED BY {s.q(found[0]['relation'])}.{found[1]['name']}",
           f"ALTER TABLE {s.q(found[0]['relation'])} ALTER {found[1]['name']} SET DEFAULT nextval('{name}')"] if found else []
    return [r.choice([f"ALTER SEQUENCE {name} INCREMENT 2", f"ALTER SEQUENCE {name} CYCLE", f"ALTER SEQUENCE {name} NO CYCLE",
                      f"ALTER SEQUENCE {name} CACHE 3", f"ALTER SEQUENCE {name} MAXVALUE 30000", f"ALTER SEQUENCE {name} OWNED BY NONE",
                      f"ALTER SEQUENCE {name} START 5", f"ALTER SEQUENCE {name} AS bigint"] + own)]


@mutation()
def drop_sequence(r, s):
    q = pick(r, [q for q in s.of_kind("S") if not q["owned"]])
    return q and [f"DROP SEQUENCE {s.q(q['relation'])} CASCADE"]


# ---- grants, owners, comments, statistics ----

@mutation(5, grows=True)
def change_grant(r, s):
    role, more = r.choice(ROLES), ""
    if role != "PUBLIC" and r.random() < .2:
        more = " WITH GRANT OPTION"
    t = pick(r, [t for t in s.relations.values() if t["columns"] and t["kind"] in "rpvm"])
    f, y = pick(r, s.functions), pick(r, s.types.values())
    forms = [f"GRANT USAGE ON SCHEMA {s.name} TO {role}{more}", f"REVOKE ALL ON SCHEMA {s.name} FROM {role}"]
    if t:
        table, c = s.q(t["relation"]), r.choice(t["columns"])["name"]
        if t["kind"] == "m":
            forms += [f"GRANT SELECT ON {table} TO {role}{more}"] * 2
        else:
            forms += [f"GRANT SELECT, INSERT ON {table} TO {role}{more}", f"GRANT UPDATE ({c}), SELECT ({c}) ON {table} TO {role}{more}",
                      f"REVOKE SELECT ON {table} FROM {role}", f"REVOKE ALL ON {table} FROM {role}", f"GRANT ALL ON {table} TO {role}",
                      f"REVOKE TRUNCATE ON {table} FROM CURRENT_USER"]
    if f:
        forms += [f"GRANT EXECUTE ON ROUTINE {signature(s, f)} TO {role}{more}", f"REVOKE ALL ON ROUTINE {signature(s, f)} FROM PUBLIC"]
    if y:
        forms += [f"GRANT USAGE ON TYPE {s.q(y['type'])} TO {role}{more}", f"REVOKE ALL ON TYPE {s.q(y['type'])} FROM PUBLIC"]
    q = pick(r, s.of_kind("S"))
    if q:
        forms.append(f"GRANT USAGE, SELECT ON SEQUENCE {s.q(q['relation'])} TO {role}{more}")
    return [r.choice(forms)]


@mutation(1, grows=True)
def change_default_privileges(r, s):
    return [f"ALTER DEFAULT PRIVILEGES IN SCHEMA {s.name} " + r.choice([
        "GRANT SELECT ON TABLES TO rung_alice", "REVOKE SELECT ON TABLES FROM rung_alice", "GRANT USAGE ON SEQUENCES TO rung_bob",
        "GRANT EXECUTE ON FUNCTIONS TO rung_carol", "GRANT USAGE ON TYPES TO rung_bob WITH GRANT OPTION"])]


@mutation(2, grows=True)
def change_owner(r, s):
    role = r.choice(("rung_alice", "rung_bob", "CURRENT_USER"))
    forms = [f"ALTER SCHEMA {s.name} OWNER TO {role}"]
    for t in r.sample(list(s.relations.values()), min(2, len(s.relations))):
        word = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE"}[t["kind"]]
        forms.append(f"ALTER {word} {s.q(t['relation'])} OWNER TO {role}")
    f, y = pick(r, s.functions), pick(r, s.types.values())
    forms += [f"ALTER ROUTINE {signature(s, f)} OWNER TO {role}"] if f else []
    forms += [f"ALTER TYPE {s.q(y['type'])} OWNER TO {role}"] if y else []
    return [r.choice(forms)]


@mutation(5, grows=True)
def change_comment(r, s):
    forms = [f"SCHEMA {s.name}"]
    for t in r.sample(list(s.relations.values()), min(4, len(s.relations))):
        word = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE"}[t["kind"]]
        forms.append(f"{word} {s.q(t['relation'])}")
        if t["kind"] != "S":
            forms += [f"COLUMN {s.q(t['relation'])}.{c['name']}" for c in t["columns"][:2]]
            forms += [f"CONSTRAINT {k['name']} ON {s.q(t['relation'])}" for k in t["constraints"][:2]]
            forms += [f"INDEX {s.q(i['name'])}" for i in t["indexes"][:2]]
            forms += [f"TRIGGER {g} ON {s.q(t['relation'])}" for g in t["triggers"]]
            forms += [f"POLICY {g} ON {s.q(t['relation'])}" for g in t["policies"]]
            forms += [f"RULE {g} ON {s.q(t['relation'])}" for g in t["rules"]]
    f, y, x = pick(r, s.functions), pick(r, s.types.values()), pick(r, s.statistics)
    if f:
        forms.append(f"{'AGGREGATE' if f['kind'] == 'a' else 'ROUTINE'} {signature(s, f) if f['arguments'] or f['kind'] != 'a' else s.q(f['function']) + '(*)'}")
    if y:
        forms.append(f"TYPE {s.q(y['type'])}")
        forms += [f"CONSTRAINT {k} ON DOMAIN {s.q(y['type'])}" for k in y["constraints"] or []]
    if x:
        forms.append(f"STATISTICS {s.q(x)}")
    return [f"COMMENT ON {r.choice(forms)} IS " + r.choice(["NULL", "'one'", "'it''s two'", "E'three\\nlines'"])]


@mutation(1, grows=True)
def add_statistics(r, s):
    t = pick(r, [t for t in s.of_kind("rpm") if len(t["columns"]) > 1])
    if not t:
        return None
    a, b = r.sample(t["columns"], 2)
    return [f"CREATE STATISTICS {s.q(s.fresh('s'))} " + r.choice(["", "(ndistinct) ", "(mcv, dependencies) "])
            + f"ON {a['name']}, {r.choice([b['name'], '(' + expression(r, b) + ')'])} FROM {s.q(t['relation'])}"]


@mutation()
def change_statistics(r, s):
    x = pick(r, s.statistics)
    return x and [r.choice([f"DROP STATISTICS {s.q(x)}", f"ALTER STATISTICS {s.q(x)} SET STATISTICS 40"])]


# ---- rows ----

def inserts(s):
    """Three rows for every table that has columns of its own."""
    result = []
    for t in s.tables():
        if t["partition"]:
            continue
        columns = [c for c in t["columns"] if c["identity"] != "a" and not c["generated"]]
        names = ", ".join(c["name"] for c in columns)
        for i in (1, 2, 3):
            values = ", ".join(value_of(s, c["type"], i) for c in columns)
            result.append([f"INSERT INTO {s.q(t['relation'])} ({names}) VALUES ({values})" if columns
                           else f"INSERT INTO {s.q(t['relation'])} DEFAULT VALUES"])
    return result
