#!/usr/bin/python3
"""Lints histories whose findings are known: corpus.py RUNG FOLDER...

Each folder holds revisions. In front of a statement, `-- expect: RULE...` names what is found at its
first line; `-- expect-next: RULE...` names what is found at the very next line, a heading or a
directive. Anything else that is found is a false alarm. Prints precision and recall; any
difference fails.
"""
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile

EXPECT, EXPECT_NEXT = "-- expect: ", "-- expect-next: "


def expected(path):
    """(line, rule) of one file."""
    found, waiting = set(), []
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith(EXPECT):
            waiting += line[len(EXPECT):].split()
        elif line.startswith(EXPECT_NEXT):
            found |= {(number + 1, rule) for rule in line[len(EXPECT_NEXT):].split()}
        elif line.strip() and not line.startswith("--"):
            found |= {(number, rule) for rule in waiting}
            waiting = []
    if waiting:
        sys.exit(f"{path}: no statement follows: {' '.join(waiting)}")
    return found


def lint(rung, folder, where):
    """What rung finds, by file; nothing is applied anywhere."""
    sqlite = any("-- rung:up sqlite" in open(path, encoding="utf-8").read()
                 for path in glob.glob(os.path.join(folder, "*.sql")))
    command = [rung, "lint", "--json", "--migrations", folder]
    if sqlite:
        command += ["--url", "sqlite:" + os.path.join(where, "absent.db")]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=where, env=env, check=False)
    if done.returncode not in (0, 4):
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def judge(rung, folder, where, totals):
    """True if what is found is what is expected."""
    document = lint(rung, folder, where)
    files = sorted(glob.glob(os.path.join(folder, "*.sql")))
    found = {(h["file"], h["line"], h["rule"]) for h in document["hazards"]}
    wanted = {(path, line, rule) for path in files for line, rule in expected(path)}
    for path, line, rule in sorted(found - wanted):
        print(f"{path}:{line}: false alarm: {rule}")
    for path, line, rule in sorted(wanted - found):
        print(f"{path}:{line}: not found: {rule}")
    for name, group in (("right", found & wanted), ("false", found - wanted),
                        ("missed", wanted - found)):
        totals[name].update(rule for _, _, rule in group)
    totals["count"].update(revisions=len(files), statements=document["statements"])
    return found == wanted


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    rung = os.path.abspath(sys.argv[1])
    totals = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as where:
        good = [judge(rung, os.path.abspath(folder), where, totals) for folder in sys.argv[2:]]
    right, false, missed = (sum(totals[name].values()) for name in ("right", "false", "missed"))
    print(f"{totals['count']['revisions']} revisions, {totals['count']['statements']} statements, "
          f"{right + missed} findings of {len(totals['right'] + totals['missed'])} rules: "
          f"precision {right / max(1, right + false):.1%}, recall {right / max(1, right + missed):.1%}")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
