"""The observer of `rung diff`: what a database is, by pg_dump, and what is in its rows.

It shares no code with the engine. pg_dump writes one entry an object, each behind a header
(`-- Name: …; Type: …; Schema: …; Owner: …`); two databases are equal if the entries are, as a
multiset, so that the order of statements does not matter. Inside an entry only this is put in
order: the columns of a table (their order is not what is compared here), the GRANTs of one object
(the server keeps them in the order in which they were made), the columns of a publication's table
and of a statistics object (the server lists them in the order of the table's columns).

An expression is not always a fixed point of the server's deparser: `v IN ('a')` on a varchar reads
differently after it was parsed once more. So before two dumps count as different, both are restored
to fresh databases and compared again.

A server that is newer than pg_dump is looked at by its catalogs instead (catalogs.py); so is every
server if RUNG_OBSERVER=catalogs.

What is shared by corpus.py and random_pairs.py stands here too: the server, databases, psql, rung,
and the verdict over one migration.
"""
import collections
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse

import catalogs

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUNG = os.path.abspath(os.environ.get("RUNG", os.path.join(SOURCE, "build/src/rung")))
ROLES = ("rung_alice", "rung_bob", "rung_carol")
SECONDS = 120

# From the first that a migration can meet to the last.
CLASSES = {
    "load": "the pair itself cannot be loaded",
    "crash": "rung crashed, hung, or a sanitizer reported",
    "refused": "rung diff ended with an error",
    "silent": "rung diff printed nothing although the databases differ",
    "apply": "a statement of the script failed",
    "schema": "pg_dump (or the catalogs) differ after the script",
    "again": "a second rung diff still prints statements",
    "data": "rows or values are lost",
    "sequence": "a sequence lost its position",
    "noise": "rung diff printed statements although the databases are equal",
}


class Failure(Exception):
    """One of CLASSES, with what is to be seen of it."""

    def __init__(self, kind, detail, script=""):
        super().__init__(kind)
        self.kind, self.detail, self.script = kind, detail, script


# ---- the server ----

def beside_a_server():
    """Starts this program again beside a private server, unless it has one."""
    if not os.environ.get("RUNG_TEST_POSTGRESQL"):
        os.environ.setdefault("RUNG_TEST_FSYNC", "off")
        if os.access("/dev/shm", os.W_OK):  # hundreds of databases of 7 MB
            os.environ.setdefault("RUNG_TEST_PG_TMPDIR", "/dev/shm")
        runner = os.path.join(SOURCE, "test", "with-postgresql")
        os.execv(sys.executable, [sys.executable, runner, sys.executable, *sys.argv])


def program(name):
    """The server's own client programs: `psql` on Debian's PATH is a wrapper in Perl."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name),
                   key=lambda path: int(path.split("/")[4]) if path.split("/")[4].isdigit() else 0)
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise RuntimeError(f"{name} is missing: install Debian's postgresql-15")
    return path


def environment():
    """Nothing of the caller's settings reaches rung, psql or pg_dump by itself."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("PG", "DATABASE_URL"))}
    env.update(LC_ALL="C.UTF-8", NO_COLOR="1", TERM="dumb")
    # many short runs: other tests look for leaks
    env.setdefault("ASAN_OPTIONS", "detect_leaks=0:quarantine_size_mb=1:malloc_context_size=5")
    return env


ENVIRONMENT = environment()


def url(database):
    return re.sub(r"^(postgres(?:ql)?://[^/]*/)[^?]*", lambda found: found.group(1) + database,
                  os.environ["RUNG_TEST_POSTGRESQL"])


def run(command, text=None, seconds=SECONDS):
    return subprocess.run(command, input=text, capture_output=True, env=ENVIRONMENT, check=False,
                          encoding="utf-8", errors="replace", timeout=seconds)


def psql(database, text, *options):
    """The finished psql; its returncode tells of the first statement that failed."""
    return run([program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *options,
                "-f", "-", "-d", url(database)], text)


def ask(database, text):
    done = psql(database, text)
    if done.returncode:
        raise RuntimeError(f"{done.stderr}\n{text}")
    return done.stdout


def create(database, template="template0"):
    ask("postgres", f"CREATE DATABASE {database} TEMPLATE {template}")


def drop(*databases):
    for database in databases:
        done = psql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        if "subscription" in done.stderr:  # they belong to the cluster
            names = ask(database, "SELECT quote_ident(subname) FROM pg_subscription WHERE subdbid ="
                        " (SELECT oid FROM pg_database WHERE datname = current_database())")
            for name in names.splitlines():
                ask(database, f"ALTER SUBSCRIPTION {name} DISABLE;"
                    f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE); DROP SUBSCRIPTION {name};")
            ask("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        elif done.returncode:
            raise RuntimeError(done.stderr)


class Roles:
    """The roles that the pairs use, for as long as the tests run."""

    def __enter__(self):
        self.made = [role for role in ROLES
                     if not psql("postgres", f"CREATE ROLE {role} NOLOGIN").returncode]

    def __exit__(self, *_):
        for role in self.made:
            done = psql("postgres", f"DROP ROLE {role}")
            if done.returncode:
                print(done.stderr, file=sys.stderr)


# ---- pg_dump's entries ----

HEADER = re.compile(r"^--\n-- Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)\n--\n", re.M)
ACCESS_METHOD = re.compile(r"^SET default_table_access_method = (.*);$", re.M)
SETTINGS = re.compile(r"(?:\n(?:SET default_\w+ = .*;|--|-- PostgreSQL database dump complete"
                      r"|\\unrestrict .*)?)+\Z")
TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\1\$|[(),;]|[^'"$(),;]+|\$""",
                   re.S)


@functools.cache
def server_version():
    """The major version."""
    return int(ask("postgres", "SHOW server_version_num")) // 10000


@functools.cache
def catalogs_reader():
    """What reads the catalogs in place of pg_dump, or None."""
    done = run([program("pg_dump"), "--version"])
    dumps = int(re.search(r"(\d+)\.", done.stdout).group(1))
    if server_version() <= dumps and os.environ.get("RUNG_OBSERVER") != "catalogs":
        return None
    return catalogs.Reader(ask("postgres", catalogs.LOOK))


def dump_text(database):
    return ask(database, catalogs_reader().query) if catalogs_reader() else pg_dump(database)


def pg_dump(database):
    done = run([program("pg_dump"), "--schema-only", "-d", url(database)])
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def split(text, mark):
    """The pieces between `mark`s outside of quotes and parentheses."""
    pieces, depth = [""], 0
    for token in TOKEN.finditer(text):
        word = token.group()
        depth += (word == "(") - (word == ")")
        if word == mark and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += word
    return [piece.strip() for piece in pieces if piece.strip()]


def first_list(text):
    """The place of the first list in parentheses: behind the opening one, at the closing one."""
    depth, start = 0, None
    for token in TOKEN.finditer(text):
        word = token.group()
        if word == "(":
            depth += 1
            start = token.end() if start is None else start
        elif word == ")":
            depth -= 1
            if depth == 0 and start is not None:
                return start, token.start()
    return None


def table_body(body):
    """Columns and constraints of CREATE TABLE in order of their names, then the other statements."""
    statements = split(body, ";")
    place = first_list(statements[0])
    if place and not re.match(r"\s*CREATE [^(]* (?:VIEW|RULE) ", statements[0]):
        start, end = place
        lines = sorted(split(statements[0][start:end], ","))
        statements[0] = (statements[0][:start] + "\n    " + ",\n    ".join(lines) + "\n" +
                         statements[0][end:])
    return ";\n".join([statements[0], *sorted(statements[1:])])


def statistics_body(body):
    statements = split(body, ";")
    found = re.match(r"(CREATE STATISTICS .*?) ON (.*) FROM (.*)", statements[0], re.S)
    if found:
        columns = ", ".join(sorted(split(found.group(2), ",")))
        statements[0] = f"{found.group(1)} ON {columns} FROM {found.group(3)}"
    return ";\n".join(statements)


def publication_body(body):
    found = re.match(r"(ALTER PUBLICATION .* ADD TABLE ONLY [^(]*?)\(([^()]*)\)(.*)", body, re.S)
    if found and "WHERE" not in found.group(1):
        columns = ", ".join(sorted(split(found.group(2), ",")))
        return f"{found.group(1)}({columns}){found.group(3)}"
    return body


def grants_body(body):
    return ";\n".join(sorted(split(body, ";")))


BODIES = {"TABLE": table_body, "FOREIGN TABLE": table_body, "STATISTICS": statistics_body,
          "PUBLICATION TABLE": publication_body, "ACL": grants_body, "DEFAULT ACL": grants_body}


def entries(text):
    """The dump as a Counter of (type, schema, name, body)."""
    if catalogs_reader():
        return catalogs.entries(text)
    found = list(HEADER.finditer(text))
    result = collections.Counter()
    method = (ACCESS_METHOD.findall(text[:found[0].start()]) or [""])[-1] if found else ""
    for here, after in zip(found, [*found[1:], None]):
        name, kind, schema, owner = here.groups()
        body = text[here.end():after.start() if after else len(text)]
        settings = SETTINGS.search(body)  # of the next entry
        body = BODIES.get(kind, str.strip)(body[:settings.start()] if settings else body)
        if kind in ("TABLE", "MATERIALIZED VIEW") and "PARTITION BY" not in body:
            body += f"\nUSING {method}"
        result[(kind, schema, name, f"{body}\n-- owner {owner}")] += 1
        if settings:
            method = (ACCESS_METHOD.findall(settings.group()) or [method])[-1]
    return result


def difference(have, want):
    """What is missing and what is too much, for people."""
    lines = []
    for sign, some in (("-", want - have), ("+", have - want)):
        for kind, schema, name, body in sorted(some.elements()):
            lines.append(f"{sign} {kind} {schema}.{name}")
            lines += [f"{sign}     {line}" for line in body.splitlines()]
    return "\n".join(lines)


def restored(database, text):
    """The entries of a dump after it went through the parser once more."""
    create(database)
    try:
        done = psql(database, text)
        if done.returncode:
            raise Failure("schema", "the dump cannot be restored: " + done.stderr)
        return entries(dump_text(database))
    finally:
        drop(database)


def compare(scratch, have_text, want_text):
    """'' if the dumps are of equal databases, else the difference; and whether it took a second look."""
    have, want = entries(have_text), entries(want_text)
    if have == want:
        return "", False
    if catalogs_reader():
        again = catalogs.loosened(have) == catalogs.loosened(want)
        return ("" if again else difference(have, want)), again
    have2, want2 = restored(scratch, have_text), restored(scratch, want_text)
    if have2 == want2:
        return "", True
    return difference(have, want), False


# ---- rows ----

ROWS = r"""
SET search_path = '';
SELECT format('SELECT json_build_array(%L, %L, %s, %L::json, coalesce((SELECT json_agg(json_build_array(%s))'
              ' FROM ONLY %I.%I), ''[]''))', nspname, relname,
    CASE WHEN relispartition OR relkind = 'p' THEN 'true' ELSE 'false' END,
    coalesce(json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attgenerated) ORDER BY attnum)
        FILTER (WHERE attname IS NOT NULL), '[]'),
    string_agg(quote_ident(attname) || '::text', ', ' ORDER BY attnum),
    nspname, relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
LEFT JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
GROUP BY nspname, relname, relkind, relispartition ORDER BY nspname, relname \gexec
SELECT format('SELECT json_build_array(%L, %L, %L::text, last_value, is_called) FROM %I.%I', nspname, relname,
    (SELECT refobjid::regclass FROM pg_depend WHERE classid = 1259 AND objid = c.oid AND deptype = 'i'), nspname, relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'S'
ORDER BY nspname, relname \gexec
"""


def rows(database):
    """({(schema, table): ({column: (type, generated)}, rows, partitioned or a partition)},
    {(schema, sequence): (last value, called, table of the identity)})"""
    tables, sequences = {}, {}
    for line in ask(database, ROWS).splitlines():
        schema, name, parted, first, second = json.loads(line)
        if isinstance(first, list):
            tables[schema, name] = ({c: (t, g) for c, t, g in first}, second, parted)
        else:
            sequences[schema, name] = (first, second, parted)
    return tables, sequences


def project(columns, values, wanted):
    places = [list(columns).index(column) for column in wanted]
    return sorted(([row[place] for place in places] for row in values), key=repr)


def pool(tables, names):
    """The rows of partitions together: they may change their table when bounds move."""
    return [row for name in names for row in tables[name][1]]


def lost_rows(before, after):
    """'' or which table lost what. A column whose type changed must keep its NULLs and no others."""
    parted = {name for side in (before, after) for name in side if side[name][2]}
    kept = parted & before.keys() & after.keys()
    moved = pool(before, kept), pool(after, parted & after.keys())
    if len(moved[0]) > len(moved[1]):
        return f"partitions: {len(moved[0])} rows before, {len(moved[1])} after"
    for name in before.keys() & after.keys():
        (columns, values, _), (columns2, values2, _) = before[name], after[name]
        if not values or name in parted:
            continue
        if len(values) != len(values2):
            return f"{'.'.join(name)}: {len(values)} rows before, {len(values2)} after"
        common = [c for c in columns if c in columns2 and not columns[c][1] and not columns2[c][1]]
        same = [c for c in common if columns[c][0] == columns2[c][0]]
        if project(columns, values, same) != project(columns2, values2, same):
            return (f"{'.'.join(name)}: {', '.join(same)}\n{project(columns, values, same)}\n"
                    f"{project(columns2, values2, same)}")
        for column in set(common) - set(same):
            nulls = [sum(v is None for (v,) in project(c, r, [column]))
                     for c, r in ((columns, values), (columns2, values2))]
            if nulls[0] != nulls[1]:
                return f"{'.'.join(name)}.{column}: {nulls[0]} NULLs before, {nulls[1]} after"
    return ""


def lost_positions(before, after):
    for name in before.keys() & after.keys():
        tables = before[name][2], after[name][2]
        if None not in tables and tables[0] != tables[1]:
            continue  # it went with its table; another table's has its name
        if before[name][1] and before[name][:2] != after[name][:2]:
            return f"{'.'.join(name)}: {before[name]} before, {after[name]} after"
    return ""


# ---- the engine, and the verdict ----

def diff(source, target, *options):
    """The script that rung prints."""
    command = [RUNG, "diff", "--from", url(source), "--to", url(target), *options]
    try:
        done = run(command)
    except subprocess.TimeoutExpired:
        raise Failure("crash", f"rung diff hung for {SECONDS} s") from None
    if done.returncode < 0 or re.search("Sanitizer|runtime error:", done.stderr):
        raise Failure("crash", f"exit {done.returncode}\n{done.stderr}", done.stdout)
    if done.returncode:
        raise Failure("refused", done.stderr.strip() or f"exit {done.returncode}", done.stdout)
    return done.stdout


def control(source, target, *_options):
    """In place of rung: everything is dropped, and pg_dump of the other side restored."""
    return "\\restore\n" + pg_dump(target)


def nothing(source, target, *_options):
    """In place of rung: no script at all, which must be found out."""
    return ""


ENGINES = {"rung": diff, "restore": control, "nothing": nothing}


def apply(database, script):
    if script.startswith("\\restore\n"):
        drop(database)
        create(database)
        script = script.removeprefix("\\restore\n")
    done = psql(database, script)
    if done.returncode:
        number = re.search(r"<stdin>:(\d+)", done.stderr)
        near = ""
        if number:
            lines, at = script.splitlines(), int(number.group(1))
            near = "\n" + "\n".join(lines[max(0, at - 4):at])
        raise Failure("apply", done.stderr.strip() + near, script)
