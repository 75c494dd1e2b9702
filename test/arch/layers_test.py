#!/usr/bin/env python3
"""The layer check finds what it is there to find: each case is a small tree with one fault."""
import pathlib
import subprocess
import sys
import tempfile

RULES = "include:\nbase: include\ndb: base\nplan: base\n<sqlite3.h>: db\n<sodium.h>: base\n"
CASES = [  # file, its line, what the check must say (None: nothing)
    ("plan/a.c", '#include "base/text.h"', None),
    ("plan/a.c", '#include "plan/order.h"', None),
    ("plan/a.c", "#include <stdio.h>", None),
    ("base/a.h", '#include "rung/error.h"', None),
    ("db/a.c", "#include <sqlite3.h>", None),
    ("base/a.c", "#include <sodium/core.h>", None),
    ("plan/a.c", '#include "db/db.h"', "plan may not include db"),
    ("plan/a.c", "  #  include <db/db.h>", "plan may not include db"),
    ("base/a.c", '#include "plan/order.h"', "base may not include plan"),
    ("plan/a.c", '#include "rung/error.h"', "plan may not include include"),
    ("plan/a.c", "#include <sqlite3.h>", "sqlite3.h belongs in db"),
    ("plan/a.c", '#include "sqlite3.h"', "sqlite3.h belongs in db"),
    ("plan/a.c", "#include <sodium/core.h>", "sodium/core.h belongs in base"),
    ("plan/a.c", '#include "../base/text.h"', "name the room"),
    ("plan/deep/a.c", '#include "base/../db/db.h"', "name the room"),
    ("cellar/a.c", "", "stands in no room"),
    ("a.c", "", "stands in no room"),
]


def run(check, rules, folder):
    return subprocess.run([sys.executable, check, rules, folder], capture_output=True, text=True)


def main(check):
    failed = 0
    for name, line, expected in CASES:
        with tempfile.TemporaryDirectory() as temporary:
            root = pathlib.Path(temporary)
            (root / "layers.txt").write_text(RULES)
            path = root / "src" / name
            path.parent.mkdir(parents=True)
            path.write_text(line + "\n")
            result = run(check, root / "layers.txt", root / "src")
            good = (result.returncode == 1 and expected in result.stdout) if expected else \
                (result.returncode == 0 and not result.stdout)
            if not good:
                failed += 1
                print(f"{name}: {line}\n  expected {expected!r}\n  got {result.stdout!r}"
                      f" {result.stderr!r}")
    print(f"{len(CASES) - failed} of {len(CASES)} cases as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
