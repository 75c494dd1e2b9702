#!/usr/bin/env python3
"""The rules find what they are there to find: each case is a tree of one file."""
import codecs
import pathlib
import subprocess
import sys
import tempfile

LONG = "static void f(void)\n{\n" + "    g();\n" * 98 + "}\n"
GUARD = "#ifndef {0}\n#define {0}\n#endif\n"
SERVICE = codecs.decode("bcranv", "rot13")
CASES = [  # rule, file, its text, what the rule must say (None: nothing)
    ("lengths", "src/a.c", LONG, None),
    ("lengths", "src/a.c", "\n" * 800, None),
    ("lengths", "src/a.c", LONG.replace("{\n", "{\n    g();\n"), "src/a.c:2: a function of 101 lines"),
    ("lengths", "src/a.c", LONG + LONG.replace("{\n", "{\n\n"), "src/a.c:103: a function"),
    ("lengths", "src/a.h", "\n" * 801, "801 lines"),
    ("lengths", "test/a.c", "\n" * 801, None),
    ("guards", "src/db/url.h", GUARD.format("DB_URL_H"), None),
    ("guards", "include/rung/rung.h", GUARD.format("RUNG_RUNG_H"), None),
    ("guards", "test/unit/sql/check.h", GUARD.format("TEST_SQL_CHECK_H"), None),
    ("guards", "src/db/url.h", GUARD.format("DB_URI_H"), "the guard is DB_URI_H; expected DB_URL_H"),
    ("guards", "src/db/url.h", "#ifndef DB_URL_H\n#define DB_URI_H\n", "the guard is missing"),
    ("guards", "test/live/a.h", "", "expected TEST_LIVE_A_H"),
    ("traces", "README", "the network/work of others; pgrootfs", None),
    ("traces", "README", "\nsee /" + "work/x", "README:2:"),
    ("traces", "README", "by " + SERVICE, SERVICE),
    ("traces", "README", SERVICE + "ng", None),
    ("traces", "examples/schema-alignment/a.sql", SERVICE, None),
    ("traces", "examples/schema-alignment/a.sql", "/" + "root/", "/" + "root/"),
]


def run(rules, rule, name, text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return subprocess.run([sys.executable, rules, rule, folder], capture_output=True, text=True,
                              check=False)


def main():
    faults = 0
    for rule, name, text, expected in CASES:
        done = run(sys.argv[1], rule, name, text)
        good = done.returncode == 0 if expected is None else \
            done.returncode == 1 and expected in done.stdout
        if not good:
            faults += 1
            print(f"{rule} on {name}, {text[:40]!r}: expected {expected}\n"
                  f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
