#!/usr/bin/python3
"""Each kind of PostgreSQL's objects, field by field: test/diff/fields.py [-k PATTERN]… [--alone] [--verbose]

What changes one field of one object, in a database with rows, is one difference by the name of that
field; the script that rung writes brings it about, by the observer's word, and back; a second diff is
empty; and a snapshot in JSON holds it. The fields are those of src/model/kind_*.h: one that is not
tried here is a failure, unless it is QUIET (not compared).

Fields that do not meet are tried together, each in a schema of its own. If that fails, each of them is
tried alone, which --alone does from the start; what fails only together is a failure too.

It needs a server: it starts its own by test/with-postgresql if none is given. A field that needs a
newer server is left out, and named.
"""
import argparse
import glob
import json
import os
import re
import sys
import tempfile
import time

import observer
from observer import Failure

MODEL = os.path.join(observer.SOURCE, "src", "model")
QUERIES = os.path.join(observer.SOURCE, "src", "source", "postgresql")
BATCH = 25  # cases in one database

# ---- what the model has ----


def model():
    """{kind: {field: how a change is answered}}, and {kind: what stands before its name in SQL}"""
    def text_of(name):
        with open(os.path.join(MODEL, name), encoding="utf-8") as file:
            return file.read().replace("\\\n", " ")
    tags = {tag: name for tag, name in re.findall(r'K\((\w+), \w+, "(\w+)"', text_of("kinds.h"))}
    kinds = {}
    for path in glob.glob(os.path.join(MODEL, "kind_*.h")):
        for tag, fields in re.findall(r"#define (\w+)_FIELDS\(F, s\)(.*)", text_of(path)):
            kinds[tags[tag]] = {name: how for name, how in re.findall(r"F\(s, \w+, (\w+), (\w+),", fields)}
    kinds = {kind: fields for kind, fields in kinds.items() if not kind.startswith("lite_")}
    assert len(kinds) == len([name for name in tags.values() if not name.startswith("lite_")])
    assert all(len(kinds[kind]) for kind in ("table", "column", "index"))
    for kind, fields in kinds.items():
        path = os.path.join(QUERIES, kind + ".sql")
        if kind not in ("operator_family_member", "privilege"):  # two queries; one about those of others
            with open(path, encoding="utf-8") as file:
                query = file.read()
            fields.update({name: "ALTER" for name in ("owner", "acl") if re.search(rf"\bAS {name}\b", query)})
        if kind not in UNCOMMENTED:
            fields["comment"] = "ALTER"
    kinds["table"]["labels"] = "ALTER"
    return kinds


# What COMMENT ON does not reach, or reaches as something else.
UNCOMMENTED = ("default", "sequence_owner", "partition", "inheritance", "index_partition", "table_cluster",
               "replica_identity", "user_mapping", "publication_table", "publication_schema", "default_privilege",
               "privilege", "operator_family_member", "identity_sequence")

# ---- the objects ----

T = "CREATE TABLE t (a integer, b text);\nINSERT INTO t VALUES (1, 'x'), (2, NULL);\n"
PARTED = ("CREATE TABLE m (k integer, v text) PARTITION BY LIST (k);\nCREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);\n"
          "INSERT INTO m VALUES (1, 'x');\n")
IDENTITY = "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, b text);\nINSERT INTO t (b) VALUES ('x');\n"
KEY = "CREATE TABLE t (a integer CONSTRAINT c PRIMARY KEY, b text);\nINSERT INTO t VALUES (1, 'x');\n"
INDEXES = T + "ALTER TABLE t ALTER a SET NOT NULL;\nCREATE UNIQUE INDEX i ON t (a);\nCREATE UNIQUE INDEX j ON t (a, b);\n"
FUNCTION = "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';\n"
TRIGGER_FUNCTION = "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n"
EVENT_FUNCTION = ("CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n"
                  "CREATE FUNCTION g2() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n")
FDW = "CREATE FOREIGN DATA WRAPPER w;\n"
SERVER = FDW + "CREATE SERVER s FOREIGN DATA WRAPPER w;\n"
FOREIGN = SERVER + "CREATE FOREIGN TABLE t (a integer, b text) SERVER s;\n"
HANDLER = "CREATE FUNCTION h() RETURNS fdw_handler LANGUAGE c AS '$libdir/postgres_fdw', 'postgres_fdw_handler';\n"
VALIDATOR = "CREATE FUNCTION v(text[], oid) RETURNS void LANGUAGE c AS '$libdir/postgres_fdw', 'postgres_fdw_validator';\n"
BASE_TYPE = ("CREATE TYPE y;\nCREATE FUNCTION y_in(cstring) RETURNS y LANGUAGE internal IMMUTABLE STRICT AS 'textin';\n"
             "CREATE FUNCTION y_out(y) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';\n")
TYPE_Y = "CREATE TYPE y (INPUT = y_in, OUTPUT = y_out, LIKE = text{});\n"
COMPOSITE = "CREATE TYPE y AS (a integer, b text);\nCREATE TABLE t (a integer, c y);\nINSERT INTO t VALUES (1, '(1,x)');\n"
CASTING = "CREATE TYPE y AS (a integer);\nCREATE FUNCTION f(integer) RETURNS y LANGUAGE sql AS 'SELECT ROW($1)::y';\n"
CASTING2 = CASTING + "CREATE FUNCTION f2(integer) RETURNS y LANGUAGE sql AS 'SELECT ROW($1)::y';\n"
OPERATOR = "CREATE FUNCTION f(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';\n"
OPERATOR_O = "CREATE OPERATOR === (FUNCTION = f, LEFTARG = integer, RIGHTARG = integer{});\n"
CLASS = "CREATE OPERATOR FAMILY fam USING btree;\nCREATE OPERATOR FAMILY fam2 USING btree;\n"
CLASS_O = "CREATE OPERATOR CLASS cls {}FOR TYPE {} USING btree FAMILY {} AS OPERATOR 1 <({}), {}FUNCTION 1 {};\n"
CLASS_PLAIN = ("", "integer", "fam", "integer, integer", "", "btint4cmp(integer, integer)")
BOX = "CREATE FUNCTION cmp(box, box) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';\n"
CLASS_BOX = ("box", "fam", "box, box", "", "cmp(box, box)")
MEMBER = ("CREATE OPERATOR FAMILY fam USING btree;\n"
          "ALTER OPERATOR FAMILY fam USING btree ADD FUNCTION 1 (integer, bigint) {}(integer, bigint);\n")
CMP = "CREATE FUNCTION cmp(integer, bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';\n"
TRANSFORM = ("CREATE FUNCTION f(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_headline';\n"
             "CREATE FUNCTION fs(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_headline';\n"
             "CREATE FUNCTION ts(internal) RETURNS integer LANGUAGE internal IMMUTABLE AS 'int4recv';\n"
             "CREATE FUNCTION ts2(internal) RETURNS integer LANGUAGE internal IMMUTABLE AS 'int4recv';\n")
PARSER = "CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype{});\n"
LANGUAGE = "CREATE {}LANGUAGE l HANDLER plpgsql_call_handler{};\n"
SUBSCRIPTION = "CREATE SUBSCRIPTION rung_s CONNECTION '{}' PUBLICATION {} WITH (connect = false, slot_name = NONE, enabled = false{});\n"
AGGREGATE = "CREATE AGGREGATE agg({}) (SFUNC = int4pl, STYPE = integer, INITCOND = '{}');\n"
VIEW = T + "CREATE VIEW v AS SELECT a, b FROM t;\n"
MATVIEW = T + "CREATE MATERIALIZED VIEW v AS SELECT a, b FROM t;\n"
RULE = T + "CREATE TABLE u (a integer);\nCREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (NEW.a{});\n"
TRIGGER = T + TRIGGER_FUNCTION + "CREATE TRIGGER r BEFORE {} ON t FOR EACH ROW EXECUTE FUNCTION g();\n"
EVENT = EVENT_FUNCTION + "CREATE EVENT TRIGGER e ON {} {}EXECUTE FUNCTION {}();\nALTER EVENT TRIGGER e DISABLE;\n"
DICTIONARY = "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = {});\n"
CONFIGURATION = "CREATE TEXT SEARCH CONFIGURATION c (PARSER = {});\n"
RANGE_TYPE = "CREATE TYPE y AS RANGE (SUBTYPE = {}{});\n"
RANGE_FUNCTIONS = "CREATE FUNCTION diff(integer, integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT 0.0::double precision';\n"

# kind: SQL that makes one, what names it in COMMENT ON and ALTER … OWNER TO, what to grant on it
OBJECTS = {
    "schema": ("CREATE SCHEMA x;\nCREATE TABLE x.t (a integer);\n", "SCHEMA x", "USAGE"),
    "extension": ("CREATE EXTENSION hstore;\n", "EXTENSION hstore", None),
    "language": (LANGUAGE.format("TRUSTED ", ""), "LANGUAGE l", "USAGE"),
    "access_method": ("CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler;\n", "ACCESS METHOD am", None),
    "collation": ("CREATE COLLATION c FROM \"C\";\n", "COLLATION c", None),
    "conversion": ("CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;\n", "CONVERSION c", None),
    "enum": ("CREATE TYPE y AS ENUM ('a', 'b');\n", "TYPE y", "USAGE"),
    "base_type": (BASE_TYPE + TYPE_Y.format(""), "TYPE y", "USAGE"),
    "domain": ("CREATE DOMAIN y AS integer;\n", "DOMAIN y", "USAGE"),
    "composite": (COMPOSITE, "TYPE y", "USAGE"),
    "attribute": (COMPOSITE, "COLUMN y.a", None),
    "range": (RANGE_TYPE.format("integer", ""), "TYPE y", "USAGE"),
    "function": (FUNCTION, "FUNCTION f(integer)", "EXECUTE"),
    "aggregate": (AGGREGATE.format("integer", 0), "AGGREGATE agg(integer)", "EXECUTE"),
    "cast": (CASTING + "CREATE CAST (integer AS y) WITH FUNCTION f(integer);\n", "CAST (integer AS y)", None),
    "operator": (OPERATOR + OPERATOR_O.format(""), "OPERATOR === (integer, integer)", None),
    "operator_family": (CLASS, "OPERATOR FAMILY fam USING btree", None),
    "operator_class": (CLASS + CLASS_O.format(*CLASS_PLAIN), "OPERATOR CLASS cls USING btree", None),
    "transform": (TRANSFORM + "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (FROM SQL WITH FUNCTION f(internal));\n",
                  "TRANSFORM FOR integer LANGUAGE plpgsql", None),
    "text_search_parser": (PARSER.format(""), "TEXT SEARCH PARSER p", None),
    "text_search_template": ("CREATE TEXT SEARCH TEMPLATE p (LEXIZE = dsimple_lexize);\n", "TEXT SEARCH TEMPLATE p", None),
    "text_search_dictionary": (DICTIONARY.format("simple"), "TEXT SEARCH DICTIONARY d", None),
    "text_search_configuration": (CONFIGURATION.format("\"default\""), "TEXT SEARCH CONFIGURATION c", None),
    "foreign_data_wrapper": (FDW, "FOREIGN DATA WRAPPER w", "USAGE"),
    "server": (SERVER, "SERVER s", "USAGE"),
    "sequence": ("CREATE SEQUENCE s;\nSELECT nextval('s');\n", "SEQUENCE s", "USAGE"),
    "identity_sequence": (IDENTITY, "SEQUENCE t_id_seq", "USAGE"),
    "table": (T, "TABLE t", "SELECT"),
    "column": (T, "COLUMN t.b", "SELECT (b) ON t"),
    "view": (VIEW, "VIEW v", "SELECT ON v"),
    "materialized_view": (MATVIEW, "MATERIALIZED VIEW v", "SELECT ON v"),
    "view_column": (MATVIEW + "COMMENT ON COLUMN v.b IS 'old';\n", "COLUMN v.b", "SELECT (b) ON v"),
    "constraint": (KEY, "CONSTRAINT c ON t", None),
    "domain_constraint": ("CREATE DOMAIN y AS integer CONSTRAINT c CHECK (VALUE > 0);\n", "CONSTRAINT c ON DOMAIN y", None),
    "index": (INDEXES, "INDEX i", None),
    "statistics": (T + "CREATE STATISTICS s ON a, b FROM t;\n", "STATISTICS s", None),
    "rule": (RULE.format(""), "RULE r ON t", None),
    "trigger": (TRIGGER.format("INSERT"), "TRIGGER r ON t", None),
    "policy": (T + "CREATE POLICY p ON t USING (true);\n", "POLICY p ON t", None),
    "publication": (T + "CREATE PUBLICATION p FOR TABLE t;\n", "PUBLICATION p", None),
    "subscription": (SUBSCRIPTION.format("host=nowhere", "p", ""), "SUBSCRIPTION rung_s", None),
    "event_trigger": (EVENT.format("ddl_command_end", "", "g"), "EVENT TRIGGER e", None),
}


class Case:
    def __init__(self, kind, field, old, new, also=(), since=0, times=1, refused=(), unseen=False, no_way=(), beside=()):
        self.kind, self.field, self.sql = kind, field, {"old": old, "new": new}
        self.fields = sorted({field, *also})      # that change with it
        self.since = since                        # version of the server
        self.times = times                        # objects that change in this way
        self.no_way = no_way                      # sides that the server itself does not go to
        self.refused = refused                    # sides that no statement makes
        self.beside = beside                      # kinds whose objects go with it
        self.unseen = unseen                      # no statement of the server can be run: only looked at


def common(kinds):
    for kind, (base, target, grant) in OBJECTS.items():
        if "comment" in kinds[kind]:
            yield Case(kind, "comment", base, base + f"COMMENT ON {target} IS 'it''s new';\n")
        if "owner" in kinds[kind]:
            role = "rung_root" if kind in ("foreign_data_wrapper", "subscription", "event_trigger") else "rung_alice"
            yield Case(kind, "owner", base, base + f"ALTER {target} OWNER TO {role};\n")
        if "acl" in kinds[kind] and kind == "foreign_data_wrapper":
            yield Case(kind, "acl", base, base + "GRANT USAGE ON FOREIGN DATA WRAPPER w TO rung_bob;\n")
        elif "acl" in kinds[kind]:
            on = grant if " ON " in grant else f"{grant} ON {target.replace('SERVER', 'FOREIGN SERVER').replace('AGGREGATE', 'FUNCTION')}"
            yield Case(kind, "acl", base, base + f"GRANT {on} TO rung_bob;\n")


def changed(kind, field, base, change, **options):
    """What is changed by a statement behind the others."""
    return Case(kind, field, base, base + change + ";\n", **options)


def replaced(kind, field, base, old, new, **options):
    assert old in base, (kind, field)
    return Case(kind, field, base, base.replace(old, new), **options)


COLUMN_OF_RANGE = "CREATE TABLE t (a integer, r y);\nINSERT INTO t VALUES (1, NULL);\n"
ICU = "CREATE TABLE t (a integer, b text COLLATE \"C\");\nINSERT INTO t VALUES (1, 'x');\n"
SPACE = "TABLESPACE rung_fields"
AM = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;\n"
GENERATED = "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);\nINSERT INTO t VALUES (1);\n"
INHERITING = ("CREATE TABLE p1 (a integer);\nCREATE TABLE p2 (a integer);\nCREATE TABLE t (a integer);\n"
              "INSERT INTO t VALUES (1);\nALTER TABLE t INHERIT {};\nALTER TABLE t INHERIT {};\n")
TYPED = "CREATE TYPE y AS (a integer, b text);\n" + T
PUBLISHED = T + "CREATE PUBLICATION p FOR TABLE t{};\n"
WINDOW = "CREATE FUNCTION f() RETURNS bigint {}LANGUAGE internal AS 'window_row_number';\n"
USER = SERVER + "CREATE USER MAPPING FOR PUBLIC SERVER s;\n"
POLICY = T + "CREATE POLICY p ON t {};\n"
NAMED = "CREATE TABLE t (a integer NOT NULL, b text);\nINSERT INTO t VALUES (1, 'x');\n"
CANONICAL = ("CREATE TYPE y;\nCREATE FUNCTION can(y) RETURNS y LANGUAGE internal IMMUTABLE AS 'int4range_canonical';\n"
             + RANGE_TYPE)

CASES = [
    Case("extension", "version", "CREATE EXTENSION hstore VERSION '1.4';\n", "CREATE EXTENSION hstore VERSION '1.6';\n",
         no_way=("old",)),
    Case("extension", "placed", "CREATE SCHEMA x;\nCREATE EXTENSION hstore;\n", "CREATE SCHEMA x;\nCREATE EXTENSION hstore SCHEMA x;\n"),
    Case("language", "is_trusted", LANGUAGE.format("TRUSTED ", ""), LANGUAGE.format("", "")),
    replaced("language", "handler", "CREATE FUNCTION h() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';\n"
             + LANGUAGE.format("TRUSTED ", ""), "HANDLER plpgsql_call_handler", "HANDLER h"),
    Case("language", "inline_handler", LANGUAGE.format("", ""), LANGUAGE.format("", " INLINE plpgsql_inline_handler")),
    Case("language", "validator", LANGUAGE.format("", ""), LANGUAGE.format("", " VALIDATOR plpgsql_validator")),
    Case("access_method", "type", "CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler;\n",
         "CREATE ACCESS METHOD am TYPE INDEX HANDLER bthandler;\n", also=["handler"]),
    Case("access_method", "handler", "CREATE ACCESS METHOD am TYPE INDEX HANDLER hashhandler;\n",
         "CREATE ACCESS METHOD am TYPE INDEX HANDLER bthandler;\n"),
    Case("collation", "definition", "CREATE COLLATION c FROM \"C\";\n", "CREATE COLLATION c (PROVIDER = icu, LOCALE = 'de');\n"),
    replaced("conversion", "source", "CREATE CONVERSION c FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8;\n", "LATIN2", "LATIN3"),
    replaced("conversion", "target", "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN2' FROM utf8_to_iso8859;\n", "LATIN2", "LATIN3"),
    replaced("conversion", "function", "CREATE FUNCTION public.conv(integer, integer, cstring, internal, integer, boolean) RETURNS integer"
             " LANGUAGE c STRICT AS '$libdir/utf8_and_iso8859_1', 'iso8859_1_to_utf8';\n"
             "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;\n", "FROM iso8859_1_to_utf8;", "FROM conv;", since=14),
    replaced("conversion", "is_default", "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;\n", "CREATE", "CREATE DEFAULT"),
    Case("enum", "values", "CREATE TYPE y AS ENUM ('a', 'c');\nCREATE TABLE t (e y);\nINSERT INTO t VALUES ('a');\n",
         "CREATE TYPE y AS ENUM ('a', 'b', 'c');\nCREATE TABLE t (e y);\nINSERT INTO t VALUES ('a');\n"),
    Case("base_type", "is_shell", BASE_TYPE, BASE_TYPE + TYPE_Y.format(""), also=["definition", "settings"]),
    Case("base_type", "definition", BASE_TYPE + TYPE_Y.format(""), BASE_TYPE + TYPE_Y.format(", CATEGORY = 'S'")),
    Case("base_type", "settings", BASE_TYPE + TYPE_Y.format(", STORAGE = extended"), BASE_TYPE + TYPE_Y.format(", STORAGE = main")),
    Case("domain", "base", "CREATE DOMAIN y AS integer;\n", "CREATE DOMAIN y AS bigint;\n"),
    Case("domain", "collation", "CREATE DOMAIN y AS text;\n", "CREATE DOMAIN y AS text COLLATE \"C\";\n"),
    changed("domain", "value", "CREATE DOMAIN y AS integer;\n", "ALTER DOMAIN y SET DEFAULT 7"),
    changed("domain", "not_null", "CREATE DOMAIN y AS integer;\nCREATE TABLE t (a y);\nINSERT INTO t VALUES (1);\n", "ALTER DOMAIN y SET NOT NULL"),
    Case("domain", "not_null_name", "CREATE DOMAIN y AS integer NOT NULL;\n", "CREATE DOMAIN y AS integer CONSTRAINT c NOT NULL;\n", since=17),
    changed("domain", "not_null_comment", "CREATE DOMAIN y AS integer NOT NULL;\n", "COMMENT ON CONSTRAINT y_not_null ON DOMAIN y IS 'x'", since=17),
    Case("domain_constraint", "definition", "CREATE DOMAIN y AS integer CONSTRAINT c CHECK (VALUE > 0);\n",
         "CREATE DOMAIN y AS integer CONSTRAINT c CHECK (VALUE > 1);\n"),
    replaced("attribute", "type", "CREATE TYPE y AS (a integer, b text);\n" + T, "a integer, b text);\nC", "a bigint, b text);\nC"),
    replaced("attribute", "collation", "CREATE TYPE y AS (a integer, b text);\n" + T, "b text);\nC", "b text COLLATE \"C\");\nC"),
    Case("range", "subtype", RANGE_TYPE.format("integer", "") + COLUMN_OF_RANGE, RANGE_TYPE.format("bigint", "") + COLUMN_OF_RANGE),
    Case("range", "operator_class", RANGE_TYPE.format("text", ""), RANGE_TYPE.format("text", ", SUBTYPE_OPCLASS = text_pattern_ops")),
    Case("range", "collation", RANGE_TYPE.format("text", ""), RANGE_TYPE.format("text", ", COLLATION = \"C\"")),
    Case("range", "canonical", CANONICAL.format("integer", ""), CANONICAL.format("integer", ", CANONICAL = can")),
    Case("range", "difference", RANGE_FUNCTIONS + RANGE_TYPE.format("integer", ""),
         RANGE_FUNCTIONS + RANGE_TYPE.format("integer", ", SUBTYPE_DIFF = diff")),
    Case("range", "multirange", RANGE_TYPE.format("integer", ""), RANGE_TYPE.format("integer", ", MULTIRANGE_TYPE_NAME = many"), since=14),
    replaced("function", "definition", FUNCTION, "SELECT 1", "SELECT 2"),
    replaced("function", "result", FUNCTION.replace("sql AS 'SELECT 1'", "plpgsql AS 'BEGIN RETURN a; END'"), "RETURNS integer", "RETURNS bigint", also=["definition"]),
    Case("function", "is_window", WINDOW.format(""), WINDOW.format("WINDOW "), also=["definition"]),
    Case("aggregate", "signature", AGGREGATE.format("integer", 0), AGGREGATE.format("x integer", 0)),
    Case("aggregate", "definition", AGGREGATE.format("integer", 0), AGGREGATE.format("integer", 1)),
    Case("cast", "method", CASTING2 + "CREATE CAST (integer AS y) WITH FUNCTION f(integer);\n",
         CASTING2 + "CREATE CAST (integer AS y) WITH FUNCTION f2(integer);\n"),
    Case("cast", "context", CASTING + "CREATE CAST (integer AS y) WITH FUNCTION f(integer);\n",
         CASTING + "CREATE CAST (integer AS y) WITH FUNCTION f(integer) AS ASSIGNMENT;\n"),
    Case("operator", "definition", OPERATOR + OPERATOR_O.format(""), OPERATOR + OPERATOR_O.format(", HASHES")),
    Case("operator", "settings", OPERATOR + OPERATOR_O.format(""), OPERATOR + OPERATOR_O.format(", RESTRICT = eqsel, JOIN = eqjoinsel")),
    Case("operator_family_member", "definition", CMP + MEMBER.format("btint48cmp"), CMP + MEMBER.format("cmp")),
    Case("operator_class", "is_default", BOX + CLASS + CLASS_O.format("", *CLASS_BOX), BOX + CLASS + CLASS_O.format("DEFAULT ", *CLASS_BOX)),
    Case("operator_class", "type", CLASS + CLASS_O.format(*CLASS_PLAIN),
         CLASS + CLASS_O.format("", "bigint", "fam", "bigint, bigint", "", "btint8cmp(bigint, bigint)"), also=["members"]),
    Case("operator_class", "family", CLASS + CLASS_O.format(*CLASS_PLAIN),
         CLASS + CLASS_O.format("", "integer", "fam2", *CLASS_PLAIN[3:])),
    Case("operator_class", "members", CLASS + CLASS_O.format(*CLASS_PLAIN),
         CLASS + CLASS_O.format(*CLASS_PLAIN[:4], "OPERATOR 5 >(integer, integer), ", CLASS_PLAIN[5])),
    Case("transform", "from_sql", TRANSFORM + "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (FROM SQL WITH FUNCTION f(internal));\n",
         TRANSFORM + "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (FROM SQL WITH FUNCTION fs(internal));\n"),
    Case("transform", "to_sql", TRANSFORM + "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (TO SQL WITH FUNCTION ts(internal));\n",
         TRANSFORM + "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (TO SQL WITH FUNCTION ts2(internal));\n"),
    Case("text_search_parser", "definition", PARSER.format(""), PARSER.format(", HEADLINE = prsd_headline")),
    Case("text_search_template", "definition", "CREATE TEXT SEARCH TEMPLATE p (LEXIZE = dsimple_lexize);\n",
         "CREATE TEXT SEARCH TEMPLATE p (LEXIZE = dsimple_lexize, INIT = dsimple_init);\n"),
    Case("text_search_dictionary", "template", DICTIONARY.format("simple, STOPWORDS = english"),
         DICTIONARY.format("snowball, LANGUAGE = english, STOPWORDS = english"), also=["options"]),
    Case("text_search_dictionary", "options", DICTIONARY.format("simple"), DICTIONARY.format("simple, STOPWORDS = english")),
    Case("text_search_configuration", "parser", PARSER.format("") + CONFIGURATION.format("\"default\""), PARSER.format("") + CONFIGURATION.format("p")),
    changed("text_search_configuration", "mappings", CONFIGURATION.format("\"default\""),
            "ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word, asciiword WITH simple"),
    Case("foreign_data_wrapper", "handler", HANDLER + FDW, HANDLER + "CREATE FOREIGN DATA WRAPPER w HANDLER h;\n"),
    Case("foreign_data_wrapper", "validator", VALIDATOR + FDW, VALIDATOR + "CREATE FOREIGN DATA WRAPPER w VALIDATOR v;\n"),
    Case("foreign_data_wrapper", "options", FDW, "CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'true');\n"),
    replaced("server", "wrapper", FDW + "CREATE FOREIGN DATA WRAPPER w2;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\n", "WRAPPER w;\n".join(["s FOREIGN DATA ", ""]), "s FOREIGN DATA WRAPPER w2;\n"),
    replaced("server", "type", SERVER, "SERVER s", "SERVER s TYPE 'x'"),
    replaced("server", "version", SERVER, "SERVER s", "SERVER s VERSION '2'"),
    changed("server", "options", SERVER, "ALTER SERVER s OPTIONS (host 'x')"),
    changed("user_mapping", "options", USER, "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (ADD name 'x')"),
    changed("sequence", "type", "CREATE SEQUENCE s AS integer MAXVALUE 1000;\n", "ALTER SEQUENCE s AS bigint"),
    changed("sequence", "start", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s START 5"),
    changed("sequence", "increment", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s INCREMENT 5"),
    changed("sequence", "minimum", "CREATE SEQUENCE s START 10;\n", "ALTER SEQUENCE s MINVALUE 5"),
    changed("sequence", "maximum", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s MAXVALUE 500"),
    changed("sequence", "cache", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s CACHE 5"),
    changed("sequence", "cycle", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s CYCLE"),
    changed("sequence", "persistence", "CREATE SEQUENCE s;\n", "ALTER SEQUENCE s SET UNLOGGED", since=15),
    Case("sequence_owner", "column", T + "CREATE SEQUENCE s OWNED BY t.a;\n", T + "CREATE SEQUENCE s OWNED BY t.b;\n"),
    changed("table", "persistence", T, "ALTER TABLE t SET UNLOGGED"),
    Case("table", "access_method", AM + T, AM + T.replace(";\nI", " USING heap2;\nI")),
    changed("table", "tablespace", T, "ALTER TABLE t SET " + SPACE),
    changed("table", "options", T, "ALTER TABLE t SET (fillfactor = 70)"),
    changed("table", "toast_options", T, "ALTER TABLE t SET (toast.autovacuum_enabled = false)"),
    changed("table", "replica_identity", T, "ALTER TABLE t REPLICA IDENTITY FULL"),
    changed("table", "of_type", TYPED, "ALTER TABLE t OF y"),
    Case("table", "partition_key", "CREATE TABLE t (a integer, b text) PARTITION BY LIST (a);\n",
         "CREATE TABLE t (a integer, b text) PARTITION BY HASH (a);\n"),
    changed("table", "row_security", T, "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    changed("table", "force_row_security", T, "ALTER TABLE t FORCE ROW LEVEL SECURITY"),
    Case("table", "labels", T, T + "SET allow_system_table_mods = on;\n"
         "INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'p', 'secret');\n", unseen=True),
    Case("table", "server", SERVER + "CREATE SERVER s2 FOREIGN DATA WRAPPER w;\nCREATE FOREIGN TABLE t (a integer) SERVER s;\n",
         SERVER + "CREATE SERVER s2 FOREIGN DATA WRAPPER w;\nCREATE FOREIGN TABLE t (a integer) SERVER s2;\n"),
    changed("table", "server_options", FOREIGN, "ALTER FOREIGN TABLE t OPTIONS (x 'y')"),
    changed("column", "type", T, "ALTER TABLE t ALTER a TYPE bigint"),
    changed("column", "collation", ICU, "ALTER TABLE t ALTER b TYPE text COLLATE \"POSIX\""),
    changed("column", "not_null", T, "ALTER TABLE t ALTER a SET NOT NULL"),
    Case("column", "not_null_name", NAMED, NAMED.replace("NOT NULL", "CONSTRAINT x NOT NULL"), since=18),
    Case("column", "not_null_no_inherit", NAMED, NAMED.replace("NOT NULL", "NOT NULL NO INHERIT"), since=18),
    Case("column", "not_null_not_valid", NAMED, NAMED.replace(" NOT NULL", "") +
         "ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;\n", since=18),
    changed("column", "not_null_comment", NAMED, "COMMENT ON CONSTRAINT t_a_not_null ON t IS 'x'", since=18),
    replaced("column", "generated", GENERATED, "a + 1", "a + 2"),
    replaced("column", "is_virtual", GENERATED, "STORED", "VIRTUAL", since=18),
    replaced("column", "identity", IDENTITY, "ALWAYS", "BY DEFAULT"),
    changed("column", "identity_sequence", IDENTITY, "ALTER SEQUENCE t_id_seq RENAME TO counter", beside=["identity_sequence"]),
    changed("column", "identity_options", IDENTITY, "ALTER SEQUENCE t_id_seq INCREMENT 5"),
    changed("column", "identity_persistence", IDENTITY, "ALTER SEQUENCE t_id_seq SET UNLOGGED", since=15),
    changed("column", "storage", T, "ALTER TABLE t ALTER b SET STORAGE external"),
    changed("column", "compression", T, "ALTER TABLE t ALTER b SET COMPRESSION pglz", since=14),
    changed("column", "statistics", T, "ALTER TABLE t ALTER b SET STATISTICS 500"),
    changed("column", "options", T, "ALTER TABLE t ALTER b SET (n_distinct = 5)"),
    changed("column", "server_options", FOREIGN, "ALTER FOREIGN TABLE t ALTER b OPTIONS (x 'y')"),
    replaced("view", "query", VIEW, "a, b FROM t;\n", "a, b FROM t WHERE a > 0;\n"),
    replaced("view", "columns", VIEW, "SELECT a, b", "SELECT a, b, a AS c", also=["query"]),
    changed("view", "options", VIEW, "ALTER VIEW v SET (security_barrier)"),
    replaced("materialized_view", "query", MATVIEW, "b FROM t", "b FROM t WHERE a > 0"),
    replaced("materialized_view", "columns", MATVIEW, "SELECT a, b", "SELECT a, b, a AS c", also=["query"]),
    changed("materialized_view", "options", MATVIEW, "ALTER MATERIALIZED VIEW v SET (fillfactor = 70)"),
    changed("materialized_view", "toast_options", MATVIEW, "ALTER MATERIALIZED VIEW v SET (toast.autovacuum_enabled = false)"),
    Case("materialized_view", "access_method", AM + MATVIEW, AM + MATVIEW.replace(" v AS", " v USING heap2 AS")),
    changed("materialized_view", "tablespace", MATVIEW, "ALTER MATERIALIZED VIEW v SET " + SPACE),
    changed("view_column", "storage", OBJECTS["view_column"][0], "ALTER MATERIALIZED VIEW v ALTER b SET STORAGE external"),
    changed("view_column", "compression", OBJECTS["view_column"][0], "ALTER MATERIALIZED VIEW v ALTER b SET COMPRESSION pglz", since=14),
    changed("view_column", "statistics", OBJECTS["view_column"][0], "ALTER MATERIALIZED VIEW v ALTER b SET STATISTICS 500"),
    changed("view_column", "options", OBJECTS["view_column"][0], "ALTER MATERIALIZED VIEW v ALTER b SET (n_distinct = 5)"),
    Case("default", "value", T + "ALTER TABLE t ALTER a SET DEFAULT 1;\n", T + "ALTER TABLE t ALTER a SET DEFAULT 2;\n"),
    Case("constraint", "type", T + "ALTER TABLE t ALTER a SET NOT NULL, ADD CONSTRAINT c UNIQUE (a);\n",
         T + "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY (a);\n", also=["definition"]),
    Case("constraint", "definition", T + "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);\n", T + "ALTER TABLE t ADD CONSTRAINT c CHECK (a > -1);\n"),
    changed("constraint", "index_options", KEY, "ALTER INDEX c SET (fillfactor = 70)"),
    changed("constraint", "tablespace", KEY, "ALTER INDEX c SET " + SPACE),
    changed("constraint", "index_comment", KEY, "COMMENT ON INDEX c IS 'x'"),
    replaced("partition", "bound", PARTED, "IN (1)", "IN (1, 2)"),
    Case("inheritance", "position", INHERITING.format("p1", "p2"), INHERITING.format("p2", "p1"), times=2),
    replaced("index", "definition", INDEXES, "i ON t (a)", "i ON t (a DESC)"),
    changed("index", "options", INDEXES, "ALTER INDEX i SET (fillfactor = 70)"),
    changed("index", "tablespace", INDEXES, "ALTER INDEX i SET " + SPACE),
    changed("index", "is_invalid", INDEXES, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass", refused=("new",)),
    changed("index", "statistics", T + "CREATE INDEX i ON t (lower(b));\n", "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500"),
    Case("table_cluster", "index", INDEXES + "ALTER TABLE t CLUSTER ON i;\n", INDEXES + "ALTER TABLE t CLUSTER ON j;\n"),
    Case("replica_identity", "index", INDEXES.replace("j ON t (a, b)", "j ON t (a DESC)") + "ALTER TABLE t REPLICA IDENTITY USING INDEX i;\n",
         INDEXES.replace("j ON t (a, b)", "j ON t (a DESC)") + "ALTER TABLE t REPLICA IDENTITY USING INDEX j;\n"),
    Case("statistics", "definition", T + "CREATE STATISTICS s (mcv) ON a, b FROM t;\n", T + "CREATE STATISTICS s (ndistinct) ON a, b FROM t;\n"),
    changed("statistics", "target", T + "CREATE STATISTICS s ON a, b FROM t;\n", "ALTER STATISTICS s SET STATISTICS 500"),
    Case("rule", "definition", RULE.format(""), RULE.format(" + 1")),
    changed("rule", "enabled", RULE.format(""), "ALTER TABLE t DISABLE RULE r"),
    Case("trigger", "definition", TRIGGER.format("INSERT"), TRIGGER.format("INSERT OR UPDATE")),
    changed("trigger", "enabled", TRIGGER.format("INSERT"), "ALTER TABLE t DISABLE TRIGGER r"),
    Case("policy", "command", POLICY.format("FOR ALL USING (true)"), POLICY.format("FOR UPDATE USING (true)")),
    Case("policy", "is_restrictive", POLICY.format("USING (true)"), POLICY.format("AS RESTRICTIVE USING (true)")),
    Case("policy", "roles", POLICY.format("TO rung_alice USING (true)"), POLICY.format("TO rung_alice, rung_bob USING (true)")),
    Case("policy", "visible", POLICY.format("USING (true)"), POLICY.format("USING (a > 0)")),
    Case("policy", "allowed", POLICY.format("USING (true) WITH CHECK (true)"), POLICY.format("USING (true) WITH CHECK (a > 0)")),
    Case("publication", "all_tables", "CREATE PUBLICATION p;\n", "CREATE PUBLICATION p FOR ALL TABLES;\n"),
    changed("publication", "options", "CREATE PUBLICATION p;\n", "ALTER PUBLICATION p SET (publish = 'insert')"),
    Case("publication_table", "columns", PUBLISHED.format(""), PUBLISHED.format(" (a)"), since=15),
    Case("publication_table", "condition", PUBLISHED.format(""), PUBLISHED.format(" WHERE (a > 0)"), since=15),
    Case("subscription", "connection", SUBSCRIPTION.format("host=nowhere", "p", ""), SUBSCRIPTION.format("host=elsewhere", "p", "")),
    Case("subscription", "publications", SUBSCRIPTION.format("host=nowhere", "p", ""), SUBSCRIPTION.format("host=nowhere", "p, q", "")),
    Case("subscription", "options", SUBSCRIPTION.format("host=nowhere", "p", ""), SUBSCRIPTION.format("host=nowhere", "p", ", synchronous_commit = on")),
    Case("subscription", "fixed_options", SUBSCRIPTION.format("host=nowhere", "p", ""), SUBSCRIPTION.format("host=nowhere", "p", ", two_phase = on"), since=15),
    Case("subscription", "enabled", "CREATE SUBSCRIPTION rung_s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = x);\n",
         "CREATE SUBSCRIPTION rung_s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = x);\n"
         "ALTER SUBSCRIPTION rung_s ENABLE;\n"),
    Case("event_trigger", "event", EVENT.format("ddl_command_end", "", "g"), EVENT.format("ddl_command_start", "", "g")),
    Case("event_trigger", "tags", EVENT.format("ddl_command_end", "", "g"), EVENT.format("ddl_command_end", "WHEN TAG IN ('CREATE TABLE') ", "g")),
    Case("event_trigger", "function", EVENT.format("ddl_command_end", "", "g"), EVENT.format("ddl_command_end", "", "g2")),
    changed("event_trigger", "enabled", EVENT.format("ddl_command_end", "", "g"), "ALTER EVENT TRIGGER e ENABLE ALWAYS"),
    Case("default_privilege", "privileges", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO rung_bob;\n",
         "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO rung_bob;\n"),
    Case("privilege", "privileges", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO rung_bob;\n",
         "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO rung_bob, rung_carol;\n"),
]

# What is seen by the reader's rights, and changed by nobody.
BY_READER = {("user_mapping", "is_hidden")}

# ---- the test ----


class Batch:
    """Cases that are tried in one database; a single one is without a schema of its own."""

    def __init__(self, cases):
        self.cases = cases
        self.sql = {side: cases[0].sql[side] if len(cases) == 1 else self.in_schemas(side) for side in ("old", "new")}
        self.beside = cases[0].beside if len(cases) == 1 else ()
        self.changes = sorted((case.kind, case.fields) for case in cases for _ in range(case.times))

    def in_schemas(self, side):
        return "".join(f"CREATE SCHEMA part{number};\nSET search_path = part{number}, public;\n"
                       + WITHOUT_SCHEMA.sub(rf"\g<0>_{number}", case.sql[side]) for number, case in enumerate(self.cases))


# Names of which a database has one.
WITHOUT_SCHEMA = re.compile(r"\b(?:(?:WRAPPER|SERVER|PUBLICATION|SUBSCRIPTION|EVENT TRIGGER) \w+|LANGUAGE l\b)")
# Of these, two cases have the same.
SHARED = re.compile(r"\b(?:EXTENSION|ACCESS METHOD|SCHEMA x|TRANSFORM|TYPE box|public\.|pg_read_file)")


def is_apart(case):
    """Whether more than its own objects would change, or it is looked at in another way."""
    return case.refused or case.no_way or case.beside or case.unseen or case.kind == "default_privilege"


def batches(cases):
    """Every case in the first batch that has nothing which it shares."""
    result, apart = [], []
    for case in cases:
        if is_apart(case):
            apart.append(Batch([case]))
            continue
        shared = set(SHARED.findall(case.sql["old"] + case.sql["new"]))
        for some, taken in result:
            if not shared & taken and len(some) < BATCH:
                break
        else:
            some, taken = [], set()
            result.append((some, taken))
        some.append(case)
        taken |= shared
    return [Batch(some) for some, _ in result] + apart


class Sides:
    def __init__(self, batch):
        self.batch = batch
        self.names = {side: f"fields_{os.getpid()}_{side}" for side in ("old", "new")}
        self.scratch = f"fields_{os.getpid()}_scratch"

    def __enter__(self):
        for side, name in self.names.items():
            observer.create(name)
            done = observer.psql(name, self.batch.sql[side])
            if done.returncode:
                self.__exit__()
                raise Failure("load", done.stderr.strip())
        return self

    def __exit__(self, *_):
        observer.drop(*self.names.values())


def rung(*arguments):
    done = observer.run([observer.RUNG, *arguments])
    if done.returncode:
        raise Failure("refused", done.stderr.strip() or f"exit {done.returncode}", done.stdout)
    return done.stdout


def seen(batch, source, target):
    """Each is one difference, by its name."""
    plan = json.loads(rung("diff", "--from", source, "--to", target, "--format", "json"))
    changes = sorted((change["kind"], sorted(change["fields"])) for change in plan["changes"]
                     if not change["caused"] and change["kind"] not in batch.beside)
    if changes != batch.changes:
        raise Failure("changes", json.dumps(plan["changes"], indent=1))


def snapshot(folder, work, target, script):
    """A file holds what the database has."""
    path = os.path.join(folder, "snapshot.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(rung("dump", "--url", observer.url(target), "--format", "json"))
    for ends in ((path, observer.url(target)), (observer.url(target), path)):
        text = rung("diff", "--from", ends[0], "--to", ends[1])
        if text.strip():
            raise Failure("snapshot", text)
    text = rung("diff", "--from", observer.url(work), "--to", path)
    if text != script:
        raise Failure("snapshot", text, script)


def one_way(batch, sides, folder, side, other):
    case, work, target = batch.cases[0], sides.names[side], sides.names[other]
    seen_from, seen_to = observer.url(work), observer.url(target)
    if other in case.refused:
        done = observer.run([observer.RUNG, "diff", "--from", seen_from, "--to", seen_to])
        if not done.returncode or done.stdout.strip():
            raise Failure("silent", "it is not refused", done.stdout)
        return
    seen(batch, seen_from, seen_to)
    script = rung("diff", "--from", seen_from, "--to", seen_to)
    snapshot(folder, work, target, script)
    if case.unseen:
        if "SECURITY LABEL" not in script:
            raise Failure("silent", "", script)
        return
    if other in case.no_way:
        return
    want, rows = observer.dump_text(target), observer.rows(work)
    observer.apply(work, script)
    lines, _ = observer.compare(sides.scratch, observer.dump_text(work), want)
    if lines:
        raise Failure("schema", lines, script)
    again = observer.diff(work, target)
    if again.strip():
        raise Failure("again", again, script)
    lost = observer.lost_rows(rows[0], observer.rows(work)[0])
    if lost:
        raise Failure("data", lost, script)


def judge(batch, folder):
    """Forward, and backward on databases that are new again."""
    for side, other in (("old", "new"), ("new", "old")):
        try:
            with Sides(batch) as sides:
                one_way(batch, sides, folder, side, other)
        except Failure as failure:
            yield f"to {other}", failure


def judge_each(batch, folder):
    """{name of a case: its failures} of those that fail."""
    names = [f"{case.kind}.{case.field}" for case in batch.cases]
    found = list(judge(batch, folder))
    if not found:
        return {}
    if len(names) == 1:
        return {names[0]: found}
    failed = {}
    for case in batch.cases:
        failed.update(judge_each(Batch([case]), folder))
    return failed or {f"{names[0]} and {len(names) - 1} more, together": found}


def by_reader():
    """A mapping's options are not shown to everybody: that is said, and no difference to be mended."""
    name = f"fields_{os.getpid()}_reader"
    observer.create(name)
    try:
        observer.ask(name, USER + "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (ADD password 'x');"
                     "CREATE ROLE rung_reader LOGIN; ")
        url = observer.url(name)
        reader = re.sub(r"user=\w+", "user=rung_reader", url)
        hidden = json.loads(rung("dump", "--url", reader, "--format", "json"))
        mapping = [o for o in hidden["objects"] if o["kind"] == "user_mapping"]
        if len(mapping) != 1 or not mapping[0]["fields"].get("is_hidden") or mapping[0]["fields"].get("options"):
            yield "by its reader", Failure("changes", json.dumps(mapping))
    except Failure as failure:
        yield "by its reader", failure
    finally:
        observer.drop(name)
        observer.ask("postgres", "DROP ROLE IF EXISTS rung_reader")


class Cluster:
    """A tablespace inside of the server's own folder (since 13.8 and 14.5), and a superuser."""

    def __enter__(self):
        observer.ask("postgres", "CREATE ROLE rung_root SUPERUSER; SET allow_in_place_tablespaces = on; CREATE TABLESPACE rung_fields LOCATION ''")

    def __exit__(self, *_):
        observer.ask("postgres", "DROP TABLESPACE rung_fields; DROP ROLE rung_root")


def show(name, found, verbose):
    for way, failure in found:
        print(f"FAIL {name} ({way}): {failure.kind}")
        for title, text in (("script", failure.script), ("seen", failure.detail)):
            if text and (verbose or title == "seen"):
                lines = text.strip().splitlines()
                print(f"  {title}:\n    " + "\n    ".join(lines if verbose else lines[:6]))
    sys.stdout.flush()


def run(cases, options):
    """Which of the cases failed."""
    failed = []
    with observer.Roles(), Cluster(), tempfile.TemporaryDirectory() as folder:
        for batch in [Batch([case]) for case in cases] if options.alone else batches(cases):
            for name, found in judge_each(batch, folder).items():
                show(name, found, options.verbose)
                failed.append(name)
        found = [] if options.k else list(by_reader())
        show("user_mapping.is_hidden", found, options.verbose)
    return failed + ["user_mapping.is_hidden"] * bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", metavar="PATTERN", action="append", default=[], help="only fields whose KIND.FIELD holds it")
    parser.add_argument("--alone", action="store_true", help="each field in databases of its own")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    observer.beside_a_server()
    started, kinds = time.monotonic(), model()
    cases = [*common(kinds), *CASES]
    tried = {(case.kind, case.field) for case in cases} | BY_READER
    compared = {(kind, field): how for kind, fields in kinds.items() for field, how in fields.items()}
    quiet = sorted(".".join(pair) for pair, how in compared.items() if how == "QUIET")
    missing = sorted(".".join(pair) for pair, how in compared.items() if how != "QUIET" and pair not in tried)
    unknown = sorted(".".join(pair) for pair in tried if pair not in compared)
    chosen = [case for case in cases if not options.k or
              any(re.search(pattern, f"{case.kind}.{case.field}") for pattern in options.k)]
    too_new = [case for case in chosen if case.since > observer.server_version()]
    able = [case for case in chosen if case not in too_new]
    failed, count = run(able, options), len(able) + (not options.k)
    print(f"{count - len(failed)} of {count} fields, forward and reverse, PostgreSQL {observer.server_version()};"
          f" {time.monotonic() - started:.0f} s")
    print(f"{len(quiet)} are quiet: " + " ".join(quiet))
    if too_new:
        print(f"{len(too_new)} need a newer server: " + " ".join(f"{case.kind}.{case.field} ({case.since})" for case in too_new))
    for title, names in (("failed", failed), ("not tried", missing), ("not in the model", unknown)):
        if names:
            print(f"{title}: " + " ".join(names))
    sys.exit(1 if failed or missing or unknown or not count else 0)


if __name__ == "__main__":
    main()
