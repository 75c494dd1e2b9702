#!/usr/bin/env python3
"""Compares the model of src/lint/effects.h with what PostgreSQL 13 to 18 were seen to do.

usage: effects_agree.py DUMP DDL-LOCKS.JSON [--all]

Every form of ddl-locks.json, on every version that accepts it, is one pair. A pair agrees when

- the same relations of the schema are locked: tables, views, sequences, composite types. The locks
  of indexes follow from their table's and are left out, and so is ACCESS SHARE on sequences and
  composite types, which differs from one minor release to the next,
- the strongest mode on each is the same,
- and the work on each is: a rewrite, reading every row, looking up keys, building an index. Forms
  that were watched while they waited (`conc`) show no work, and none is compared.

What the observation says about work: a rewrite is a new file together with rows read or the
server's own words, or REFRESH; TRUNCATE makes new files without either. Whether a query reads a
table whole or by an index is the planner's choice, and not compared. Reading the rows of the table that a
foreign key points at is part of the lookup. ALTER DOMAIN tells nothing of a table without rows.

Forms that the grammar does not know are counted apart: rehearsal alone judges them. The test fails
below 97 %. It prints every pair that differs; with --all, the model's doubts too.
"""
import json
import re
import subprocess
import sys
import tempfile

WANTED = 0.97
MODES = {"ACCESS SHARE": "AS", "ROW SHARE": "RS", "ROW EXCLUSIVE": "RX",
         "SHARE UPDATE EXCLUSIVE": "SUE", "SHARE": "S", "SHARE ROW EXCLUSIVE": "SRX",
         "EXCLUSIVE": "X", "ACCESS EXCLUSIVE": "AX"}
REWRITE, SCAN, KEYS, INDEX = 1, 2, 4, 8
WORDS = {REWRITE: "rewrite", SCAN: "scan", KEYS: "keys", INDEX: "index"}
VERSIONS = range(13, 19)


def words(work):
    return "+".join(text for bit, text in WORDS.items() if work & bit) or "no work"


def split_answers(text):
    lines = []
    for line in text.splitlines():
        if line == ".":
            yield lines
            lines = []
        else:
            lines.append(line)


def ask(dump, setup, forms):
    """What the model says of each form: by version, relation -> (mode, work); None: unread."""
    requests = "".join(f"{form.get('pre', '')}\0{form['sql']}\0"
                       f"{0 if 'timezone' in form.get('pre', '') else 1}\0" for form in forms)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(setup)
        file.flush()
        done = subprocess.run([dump, file.name], input=requests, capture_output=True, text=True,
                              check=False)
    if done.returncode:
        sys.exit(f"effects_agree: {done.stderr}")
    answers, remarks = [], []
    for lines in split_answers(done.stdout):
        said = {version: {} for version in VERSIONS}
        for line in lines:
            found = re.fullmatch(r"(\d+) (.*)\|(.*)\|(\d+)", line)
            if found:
                name = re.sub(r'"((?:[^"]|"")*)"', lambda part: part[1].replace('""', '"'),
                              found[2].removeprefix("public."))
                said[int(found[1])][name] = (MODES[found[3]], int(found[4]))
        remarks.append([line[2:] for line in lines if line.startswith("# ")])
        answers.append(None if lines == ["unread"] else said)
    return answers, remarks


def observed_work(seen, relation, statement):
    notes, bare = seen.get("notes") or [], relation.rpartition(".")[2]
    rewritten = any(note == f'rewriting table "{bare}"' for note in notes)
    scanned = any(scan.rpartition(":")[0] == relation for scan in seen.get("scan") or [])
    refiled = relation in (seen.get("rewr") or [])
    if rewritten or (refiled and (scanned or statement.startswith("refresh"))
                     and "no data" not in statement):
        return REWRITE
    work = 0
    if any(note == f'verifying table "{bare}"' for note in notes):
        work |= SCAN
    if not refiled and any(note.startswith('building index "') and
                           f'" on table "{bare}"' in note for note in notes):
        work |= INDEX
    if scanned and not work and not any(note.startswith("validating") for note in notes):
        work |= SCAN
    return work


def is_faint(name, mode, minor):
    return mode == "AS" and (name in minor or name.endswith("_seq"))


def compare(form, seen, said, indexes, empty, minor):
    """What differs, as texts."""
    locks = {name.replace("[WAIT]", ""): modes.split("+")[0]
             for name, modes in (seen.get("locks") or {}).items()}
    locks = {name: mode for name, mode in locks.items()
             if "(i)" not in name and name not in indexes and not is_faint(name, mode, minor)}
    said = {name: effect for name, effect in said.items()
            if not is_faint(name, effect[0], minor)}
    for name in sorted(locks.keys() | said.keys()):
        mode, work = said.get(name, ("none", 0))
        if locks.get(name, "none") != mode:
            yield f"{name}: {mode}, observed {locks.get(name, 'none')}"
        if seen.get("scan") is None:
            continue
        observed = observed_work(seen, name, form["sql"])
        unseen = form["sql"].startswith("alter domain") and name in empty
        if re.match(r"(select|insert|update|delete|merge|with)\b", form["sql"]):
            observed, work = observed & ~SCAN, work & ~SCAN
        if observed != work & ~KEYS and not (unseen and work == SCAN):
            yield f"{name}: {words(work & ~KEYS)}, observed {words(observed)}"
    if seen.get("scan") is not None:
        lookups = sum(note.startswith("validating foreign key") for note in seen["notes"])
        expected = sum(bool(work & KEYS) for _, work in said.values())
        if expected > lookups or bool(expected) != bool(lookups):
            yield f"foreign keys of {expected} tables looked up, observed {lookups} lookups"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        data = json.load(file)
    forms, setup = data["forms"], data["setup"]
    setup = setup if isinstance(setup, str) else "\n".join(setup)
    indexes = set(re.findall(r"index (\w+) on", setup))
    filled = set(re.findall(r"insert into (\w+)", setup))
    empty = set(re.findall(r"create table (\w+)", setup)) - filled
    minor = set(re.findall(r"create (?:type|sequence) (\w+)", setup))
    answers, remarks = ask(sys.argv[1], setup, forms)
    if len(answers) != len(forms):
        sys.exit(f"effects_agree: {len(answers)} answers to {len(forms)} forms")
    pairs, agreed, unread = ({version: 0 for version in VERSIONS} for _ in range(3))
    for form, said, remark in zip(forms, answers, remarks):
        for seen in form["observed"]:
            if seen.get("err"):
                continue
            differences = [] if said is None else {
                version: list(compare(form, seen, said[version], indexes, empty, minor))
                for version in seen["versions"]}
            for version in seen["versions"]:
                if said is None:
                    unread[version] += 1
                    continue
                pairs[version] += 1
                agreed[version] += not differences[version]
                for text in differences[version]:
                    print(f"{version}  {form['sql']}: {text}")
        if "--all" in sys.argv and remark:
            print(f"    {form['sql']}: {remark[0]}")
    for version in filter(pairs.get, VERSIONS):
        print(f"PostgreSQL {version}: {agreed[version]} of {pairs[version]} agree"
              f" ({agreed[version] / pairs[version]:.1%}); judged by rehearsal only: "
              f"{unread[version]}")
    total, good = sum(pairs.values()), sum(agreed.values())
    print(f"all: {good} of {total} agree ({good / total:.2%}), wanted {WANTED:.0%}; judged by"
          f" rehearsal only: {sum(unread.values())}")
    sys.exit(0 if total > 1000 and good >= WANTED * total else 1)


if __name__ == "__main__":
    main()
