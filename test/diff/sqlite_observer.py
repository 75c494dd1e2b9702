"""What an SQLite database holds, seen without rung: sqlite_schema by tokens of our own, rows, rowids
and sequences by queries, foreign keys and pages by SQLite's own checks."""
import os
import re
import sqlite3
import subprocess
import tempfile

RUNG = os.environ.get("RUNG", "rung")
SQLITE = os.environ.get("SQLITE3", "sqlite3")

TOKEN = re.compile(r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<string>[xX]?'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<number>\.?\d(?:[eE][+-]?\d|[\w.])*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<symbol><=|>=|<>|!=|==|\|\||<<|>>|->>|->|.)
""", re.X | re.S)


def tokens(sql):
    """Words and quoted names in lower case; strings, numbers and symbols as they are."""
    found = []
    for match in TOKEN.finditer(sql):
        kind, text = match.lastgroup, match.group()
        if kind == "blank":
            continue
        if kind == "quoted":
            close = "]" if text[0] == "[" else text[0]
            text = text[1:-1].replace(close * 2, close)
        if kind in ("word", "quoted", "number"):
            text = text.lower()
        found.append(text)
    return found


def items(body):
    """The parts of a token list between commas outside parentheses."""
    parts, depth = [[]], 0
    for token in body:
        depth += {"(": 1, ")": -1}.get(token, 0)
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def as_name(token):
    """SQLite takes a string for a name where only a name can stand."""
    return token[1:-1].replace("''", "'").lower() if token.startswith("'") else token


def table_form(sql, ordered):
    """(head, columns, constraints, tail) of CREATE TABLE."""
    found = tokens(sql)
    if found[1] == "virtual" or "(" not in found:
        return tuple(found)
    begin, depth, end = found.index("("), 0, len(found)
    for place in range(begin, len(found)):
        depth += {"(": 1, ")": -1}.get(found[place], 0)
        if depth == 0:
            end = place
            break
    found[2] = as_name(found[2])
    rules = ("constraint", "primary", "unique", "check", "foreign")
    parts = items(found[begin + 1:end])
    columns = [(as_name(part[0]), *part[1:]) for part in parts if part[0] not in rules]
    constraints = [part for part in parts if part[0] in rules]
    columns = columns if ordered else sorted(columns)
    return tuple(found[:begin]), tuple(columns), tuple(constraints), tuple(found[end + 1:])


def schema(connection, ordered=False):
    shadows = {row[0] for row in connection.execute(
        "SELECT name FROM pragma_table_list WHERE type = 'shadow'")}
    result = {}
    for kind, name, table, sql in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"):
        if name in shadows or table in shadows or name.startswith("sqlite_"):
            continue
        form = table_form(sql, ordered) if kind == "table" else tuple(tokens(sql))
        result[kind, name.lower()] = (table.lower(), form)
    return result


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def columns(connection, table):
    """Names of the columns that can be written, in lower case; all names."""
    rows = connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
    return [row[1].lower() for row in rows if row[6] == 0], [row[1].lower() for row in rows]


def healthy(connection):
    """What SQLite itself finds wrong: pages, indexes, values of STRICT tables."""
    return [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]


def broken_keys(connection):
    """Rows whose key leads nowhere in a table that is there."""
    tables = {row[0].lower() for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    try:
        return len([row for row in connection.execute("PRAGMA foreign_key_check") if row[2].lower() in tables])
    except sqlite3.DatabaseError as error:
        return str(error)


def diff(old, new, *options):
    """(script, None), or (None, what rung said)."""
    run = subprocess.run([RUNG, "diff", "--from", f"sqlite:{old}", "--to", f"sqlite:{new}", *options],
                         capture_output=True, text=True)
    if run.returncode:
        return None, (run.stderr or run.stdout).strip()
    return run.stdout, None


def apply(path, script):
    """None, or what sqlite3 said. Foreign keys are on, as an application would have them."""
    run = subprocess.run([SQLITE, "-bail", "-cmd", "PRAGMA foreign_keys = ON", path], input=script,
                         capture_output=True, text=True)
    if run.returncode or run.stderr:
        return (run.stderr or run.stdout).strip()
    return None


def connect(path, script=None):
    connection = sqlite3.connect(path, isolation_level=None)
    if script:
        connection.executescript(script)
    return connection


def folder():
    return tempfile.TemporaryDirectory(prefix="rung-diff-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)


def first_difference(got, wanted):
    for key in sorted(set(got) | set(wanted)):
        if got.get(key) != wanted.get(key):
            return f"{key}\n  got    {got.get(key)}\n  wanted {wanted.get(key)}"
    return None
